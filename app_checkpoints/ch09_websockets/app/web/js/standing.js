// Whether the logged-in bidder leads, or by whom they were outbid.

import {me} from "./http.js";
import {el} from "./words.js";

export function standing() {
  const view = el("p", {class: "standing", role: "status"}), bidders = new Set();
  let leading = null;
  function show(bids, lot, isOpen) {
    for (const bid of bids) {
      bidders.add(bid.bidder.id);
      if (!leading || bid.id > leading.id) leading = bid;
    }
    const takesPart = me() && bidders.has(me().id) && lot.kind !== "sealed";
    const mine = takesPart && leading.bidder.id === me().id, {name} = leading?.bidder ?? {};
    const words = isOpen ? ["You lead.", `You were outbid by ${name}.`]
      : ["The highest bid is yours.", `The highest bid is from ${name}.`];
    view.textContent = takesPart ? words[mine ? 0 : 1] : "";
    view.dataset.leads = Boolean(mine);
  }
  return {view, show};
}
