// The bids on a lot, newest first, and the sentence that a screen reader says for a new one.

import {el, money} from "./texts.js";

const CLOCK = new Intl.DateTimeFormat("en-IE", {dateStyle: "short", timeStyle: "medium"});
const item = (bid, isNew) =>
  el("li", {"data-id": bid.id, class: isNew ? "new" : null},
    el("strong", {}, bid.amount == null ? "Sealed" : money(bid.amount)),
    el("span", {}, bid.bidder?.name ?? "somebody"),
    el("time", {datetime: bid.placed_at}, CLOCK.format(new Date(bid.placed_at))));

/** A list that shows each bid once and in order, also when a bid is received again after a reconnect. */
export function bidList(announcer) {
  const list = el("ol", {class: "bids", "aria-label": "Bids, newest first"});
  function insert(bid, isNew) {
    const shown = [...list.children];
    if (shown.some((each) => each.dataset.id === String(bid.id))) return false;
    list.insertBefore(item(bid, isNew), shown.find((each) => Number(each.dataset.id) < bid.id) ?? null);
    return true;
  }
  function add(bid) {
    const who = bid.bidder?.name ?? "Somebody";
    const text = bid.amount == null ? `${who} places a sealed bid.` : `${who} bids ${money(bid.amount)}.`;
    if (insert(bid, true)) announcer.textContent = text;
  }
  const fill = (bids) => bids.forEach((bid) => insert(bid, false));
  return {list, add, fill, clear: () => list.replaceChildren()};
}
