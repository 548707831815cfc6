// Which misconceptions come up now.

import { bars } from "./bars.js";
import { say } from "./draw.js";
import { misconception, people, short } from "./words.js";

export function drawNow(section, room) {
  say(section.querySelector("h2"), `Misconceptions of the last ${room.minutes} minutes`);
  const rows = room.misconceptions.map((each) => ({
    key: `${each.chapter} ${each.name}`,
    people: each.people,
    many: people(each.people),
    what: misconception(each.name),
    more: `${short(each.chapter)}; ${each.still === 0 ? "all are past it" : `${each.still} still`}`,
  }));
  bars(section.querySelector("ol"), rows, Math.max(room.active, ...room.misconceptions.map((each) => each.people)));
}
