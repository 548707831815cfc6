// The view of one lot. Each type of message has its place here.

import {bidForm} from "./bidding.js";
import {bidList} from "./bids.js";
import {facts} from "./facts.js";
import * as house from "./house.js";
import {standing} from "./standing.js";
import {el} from "./words.js";

const WORDS = {live: "Live", lost: "The service does not respond. Trying again…"};
export function lotView(id, place, announcer, send) {
  const state = el("p", {class: "line", role: "status"}, "Connecting…");
  const about = facts(), bids = bidList(announcer), form = bidForm(send), lead = standing();
  place.replaceChildren(state, about.title,
    el("div", {class: "offer"}, about.figures, lead.view, form.view), about.rest, bids.list);
  let shown = null;
  const isOpen = () => about.remaining() > 0, refill = () => house.bids(id).then(fill);
  const fill = ({items}) => (bids.fill(items), lead.show(items, shown, isOpen()));
  const reveal = async () => (show(await house.lot(id)), bids.clear(), refill()); // sealed bids are visible now
  const changed = (how) => ((state.textContent = WORDS[how]), (state.dataset.line = how));
  function show(lot, now) {
    if (lot.bid_count < shown?.bid_count) return; // an older message that arrived late
    about.show((shown = lot), now);
    form.show(lot, isOpen());
  }
  const receive = {state: ({lot, now}) => (show(lot, now), refill()), watchers: ({count}) => about.watch(count),
    bid: ({bid, lot}) => (show(lot), bids.add(bid), lead.show([bid], lot, isOpen())),
    problem: ({problem}) => form.refuse(problem.detail ?? problem.title)};
  return {hear: (message) => receive[message.type]?.(message), changed, reveal, tick: about.tick};
}
