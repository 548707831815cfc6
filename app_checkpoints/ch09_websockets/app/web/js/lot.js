// The view of one lot, and what it does with each type of message.

import {bidForm} from "./bidding.js";
import {bidList} from "./bids.js";
import {lotDetails} from "./lot_details.js";
import * as api from "./api.js";
import {standing} from "./standing.js";
import {el} from "./texts.js";

const STATES = {live: "Live", lost: "The service does not respond. Trying again…"};
export function lotView(id, place, announcer, send) {
  const state = el("p", {class: "connection", role: "status"}, "Connecting…");
  const details = lotDetails(), bids = bidList(announcer), form = bidForm(send), lead = standing();
  place.replaceChildren(state, details.title,
    el("div", {class: "offer"}, details.figures, lead.view, form.view), details.rest, bids.list);
  let shown = null;
  const isOpen = () => details.remaining() > 0, refill = () => api.bids(id).then(fill);
  const fill = ({items}) => (bids.fill(items), lead.show(items, shown, isOpen()));
  const reveal = async () => (show(await api.lot(id)), bids.clear(), refill()); // sealed bids are visible now
  const changed = (name) => ((state.textContent = STATES[name]), (state.dataset.state = name));
  function show(lot, now) {
    if (lot.bid_count < shown?.bid_count) return; // an older message that arrived late
    details.show((shown = lot), now);
    form.show(lot, isOpen());
  }
  const receive = {state: ({lot, now}) => (show(lot, now), refill()), watchers: ({count}) => details.watch(count),
    bid: ({bid, lot}) => (show(lot), bids.add(bid), lead.show([bid], lot, isOpen())),
    problem: ({problem}) => form.showError(problem.detail ?? problem.title)};
  return {handle: (message) => receive[message.type]?.(message), changed, reveal, tick: details.tick};
}
