// How the room stands in each chapter, and what stops people there.

import { bars } from "./bars.js";
import { keep, make, say } from "./draw.js";
import { chapter, misconception, people, requirement } from "./words.js";

const FIRST = 3;

function create() {
  return make("li", {},
    make("h3"),
    make("p", { className: "soft" }),
    make("div", { className: "way", ariaHidden: "true" }, make("span", { className: "passed" }), make("span", { className: "here" })),
    make("ol", { className: "bars" }),
    make("details", {}, make("summary"), make("ol", { className: "bars" })));
}

function row(one) {
  return { key: one.requirement, people: one.people, many: people(one.people), what: requirement(one.requirement), more: causes(one) };
}

function causes(obstacle) {
  return obstacle.causes.map((each) => `${misconception(each.name)} (${each.people})`).join("; ");
}

export function drawChapters(section, room) {
  keep(section.querySelector("ol"), room.chapters, (each) => each.chapter, create, (item, each) => {
    const [title, words, way, list, more] = item.children;
    const [summary, others] = more.children;
    say(title, chapter(each.chapter));
    const stopped = each.cannot_run ? `; for ${each.cannot_run} the service does not start` : "";
    say(words, `${each.passed} of ${people(room.joined)} passed, ${each.here} ${each.here === 1 ? "is" : "are"} in it now${stopped}.`);
    const share = (count) => `${100 * count / Math.max(room.joined, 1)}%`;
    way.children[0].style.width = share(each.passed);
    way.children[1].style.width = share(Math.max(0, each.begun - each.passed));
    const rows = each.obstacles.map(row);
    bars(list, rows.slice(0, FIRST), each.here);
    bars(others, rows.slice(FIRST), each.here);
    more.hidden = rows.length <= FIRST;
    say(summary, `${rows.length - FIRST + each.more} more requirements that do not hold for somebody`);
  });
}
