// The teacher's page: the door, then the room, drawn anew with each picture that the board sends.

import { drawAsked } from "./asked.js";
import { drawChapters } from "./chapters.js";
import { say } from "./draw.js";
import { ask } from "./http.js";
import { drawMenu, openMenu } from "./menu.js";
import { drawNow } from "./now.js";
import { drawPeople } from "./people.js";
import { learn, people, setClock } from "./words.js";

const find = (name) => document.getElementById(name);
let room = null;
let stream = null;

const hasNames = () => !document.body.classList.contains("nameless");

function line(state, words) {
  find("line").dataset.line = state;
  say(find("line"), words);
}

function draw() {
  if (room === null) return;
  say(find("title"), room.room);
  document.title = `${room.room}: the board`;
  say(find("count"), `${people(room.joined)}, ${room.active} active${room.closed_at ? "; closed" : ""}`);
  drawAsked(find("asked"), room, hasNames(), (words) => say(find("announcer"), words));
  drawNow(find("now"), room);
  drawChapters(find("chapters"), room);
  drawPeople(find("people"), room);
  drawMenu(room);
}

function names() {
  find("names").ariaPressed = String(!hasNames());
  draw();
}

function watch() {
  stream?.close();
  stream = new EventSource("api/v1/room/events");
  stream.addEventListener("message", (event) => {
    room = JSON.parse(event.data);
    setClock(room.now);
    line("live", "live");
    draw();
  });
  stream.addEventListener("error", () => {
    line("lost", "The board cannot be reached; trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(enter, 3000);
  });
}

function askForToken(words) {
  stream?.close();
  line("wait", "not connected");
  find("board").hidden = find("tools").hidden = true;
  find("door").hidden = false;
  say(find("trouble"), words);
  find("token").focus();
}

async function enter() {
  try {
    learn(await ask("GET", "room/words"));
  } catch (error) {
    if (error.status === 401) return askForToken("");
    line("lost", "The board cannot be reached; trying again");
    return setTimeout(enter, 3000);
  }
  find("door").hidden = true;
  find("board").hidden = find("tools").hidden = false;
  watch();
}

async function show(token) {
  try {
    await ask("POST", "session", { token });
  } catch (error) {
    return askForToken(error.message);
  }
  await enter();
}

openMenu({ names, again: () => askForToken("") });
find("which").addEventListener("change", draw);
find("door").addEventListener("submit", (event) => {
  event.preventDefault();
  show(find("token").value);
  find("token").value = "";
});
setInterval(draw, 15000);
if (new URLSearchParams(location.search).get("names") === "off") {
  document.body.classList.add("nameless");
  names();
}
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  show(token);
} else {
  enter();
}
