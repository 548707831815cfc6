// What is seen of one lot. Each kind of message has its place here.

import {bidForm} from "./bidding.js";
import {bidList} from "./bids.js";
import {facts} from "./facts.js";
import * as house from "./house.js";
import {el} from "./words.js";

const WORDS = {live: "Live", lost: "The house does not answer. Trying again…"};

export function lotView(id, place, announcer, send) {
  const state = el("p", {class: "line", role: "status"}, "Connecting…");
  const about = facts(), bids = bidList(announcer), form = bidForm(send);
  place.replaceChildren(state, about.view, form.view, bids.list);
  let count = -1;
  function show(lot, now) {
    if (lot.bid_count < count) return; // an older word that came late
    count = lot.bid_count;
    about.show(lot, now);
    form.show(lot, about.remaining() > 0);
  }
  const refill = async () => bids.fill((await house.bids(id)).items);
  const hear = {state: ({lot, now}) => (show(lot, now), refill()), bid: ({bid, lot}) => (show(lot), bids.add(bid)),
    watchers: ({count}) => about.watch(count), problem: ({problem}) => form.refuse(problem.detail ?? problem.title)};
  const changed = (how) => ((state.textContent = WORDS[how]), (state.dataset.line = how));
  const reveal = async () => (show(await house.lot(id)), bids.clear(), refill()); // envelopes are opened now
  return {hear: (message) => hear[message.type]?.(message), changed, reveal, tick: about.tick};
}
