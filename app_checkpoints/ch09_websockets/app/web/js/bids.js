// The bids on a lot, newest first, and the sentence that a screen reader says when one arrives.

import {el, money} from "./words.js";

const CLOCK = new Intl.DateTimeFormat("en-IE", {dateStyle: "short", timeStyle: "medium"});
const item = (bid, isNew) =>
  el("li", {"data-id": bid.id, class: isNew ? "new" : null},
    el("strong", {}, bid.amount == null ? "Sealed" : money(bid.amount)),
    el("span", {}, bid.bidder?.name ?? "somebody"),
    el("time", {datetime: bid.placed_at}, CLOCK.format(new Date(bid.placed_at))));

/** A list that keeps its order and shows nothing twice: after a reconnect the same may be told again. */
export function bidList(announcer) {
  const list = el("ol", {class: "bids", "aria-label": "Bids, newest first"});
  function put(bid, isNew) {
    const shown = [...list.children];
    if (shown.some((each) => each.dataset.id === String(bid.id))) return false;
    list.insertBefore(item(bid, isNew), shown.find((each) => Number(each.dataset.id) < bid.id) ?? null);
    return true;
  }
  function add(bid) {
    const who = bid.bidder?.name ?? "Somebody";
    const words = bid.amount == null ? `${who} places a sealed bid.` : `${who} bids ${money(bid.amount)}.`;
    if (put(bid, true)) announcer.textContent = words;
  }
  const fill = (bids) => bids.forEach((bid) => put(bid, false));
  return {list, add, fill, clear: () => list.replaceChildren()};
}
