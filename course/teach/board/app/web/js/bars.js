// A list of bars: how many people, as a length and as a number.

import { keep, make, say } from "./draw.js";

export function bars(list, rows, whole) {
  keep(list, rows, (row) => row.key,
    () => make("li", {}, make("span", { className: "many" }), make("span", { className: "what" }), make("span", { className: "soft" })),
    (item, row) => {
      const [many, what, more] = item.children;
      say(many, row.many);
      say(what, row.what);
      say(more, row.more ? ` ${row.more}` : "");
      item.style.setProperty("--share", `${Math.round(100 * row.people / Math.max(whole, 1))}%`);
    });
}
