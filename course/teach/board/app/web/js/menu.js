// What is done with the room as a whole: names hidden, closed, exported, deleted.

import { say } from "./draw.js";
import { ask } from "./http.js";

const find = (name) => document.getElementById(name);
let room = null;

export function drawMenu(now) {
  room = now;
  say(find("state"), now.closed_at ? "The room is closed: it takes nothing more." : "The room is open.");
  say(find("close"), now.closed_at ? "Open the room again" : "Close the room");
}

async function attempt(what, told) {
  try {
    await what();
    say(find("outcome"), told);
  } catch (error) {
    say(find("outcome"), error.message);
  }
}

export function openMenu({ names, again }) {
  find("names").addEventListener("click", () => names(document.body.classList.toggle("nameless")));
  find("close").addEventListener("click", () => attempt(() => ask("POST", room.closed_at ? "room/open" : "room/close"), ""));
  find("delete").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = find("typed").value;
    attempt(() => ask("DELETE", "room", { name }), "All data of this room is deleted.");
  });
  find("go").addEventListener("click", () => attempt(() => ask("DELETE", "session").then(again), ""));
  find("room").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { find("room").open = false; find("room").firstElementChild.focus(); }
  });
}
