// Everyone: where they are, what holds, and since when they have been stuck.

import { keep, make, say } from "./draw.js";
import { ago, chapter, checks, minutes, misconception, people, requirement, short } from "./words.js";
import { ask } from "./http.js";

const LONG = 10;
const LABELS = ["", "Chapter", "Holds", "At", "Since", "Last check", ""];

const stuckFor = (one) => one.stuck ? minutes(one.stuck.since) : -1;
const byName = (a, b) => a.name.localeCompare(b.name);
const byNeed = (a, b) => b.asks - a.asks || stuckFor(b) - stuckFor(a) || byName(a, b);

function chosen(room, which) {
  const quiet = (one) => one.at === null || minutes(one.at) >= room.minutes;
  const some = { stuck: (one) => one.stuck !== null, quiet }[which] ?? (() => true);
  return room.people.filter(some).sort(which === "names" ? byName : byNeed);
}

function where(one) {
  if (one.at === null) return "has joined";
  if (one.stuck === null) return "all of it holds";
  if (one.stuck.requirement === null) return "the service does not start";
  const why = one.stuck.misconception ? ` (${misconception(one.stuck.misconception)})` : "";
  return requirement(one.stuck.requirement) + why;
}

function create(one) {
  const out = make("button", { type: "button" }, "take out");
  out.addEventListener("click", async () => {
    if (confirm(`Take ${one.name} out of the room, and delete what they sent?`)) {
      await ask("DELETE", `room/members/${one.id}`).catch((error) => alert(error.message));
    }
  });
  out.ariaLabel = `Take ${one.name} out of the room`;
  const cells = LABELS.map((label) => make("td", { dataset: label ? { label } : {} }));
  cells.at(-1).append(out);
  return make("tr", {}, ...cells);
}

function update(row, one) {
  const [name, at, holds, stuck, since, last] = row.cells;
  say(name, one.name + (one.asks ? " (asks for help)" : ""));
  say(at, one.chapter === null ? "" : short(one.chapter));
  at.title = one.chapter === null ? "" : chapter(one.chapter);
  say(holds, one.of ? `${one.holds} of ${one.of}` : "");
  say(stuck, where(one));
  say(since, one.stuck ? `${ago(one.stuck.since)}, ${checks(one.stuck.checks)}` : "");
  say(last, one.at === null ? "none yet" : `${ago(one.at)} ago`);
  row.dataset.stuck = stuckFor(one) >= LONG ? "long" : "";
}

export function drawPeople(section, room) {
  const rows = chosen(room, section.querySelector("select").value);
  keep(section.querySelector("tbody"), rows, (one) => one.id, create, update);
  say(section.querySelector("#shown"), rows.length === room.joined ? "" : `${people(rows.length)} of ${room.joined}`);
}
