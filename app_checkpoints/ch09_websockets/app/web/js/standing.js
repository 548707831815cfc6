// Whether the logged-in user leads, or who has outbid them.

import {currentUser} from "./http.js";
import {el} from "./texts.js";

export function standing() {
  const view = el("p", {class: "standing", role: "status"}), bidders = new Set();
  let leading = null;
  function show(bids, lot, isOpen) {
    for (const bid of bids) {
      bidders.add(bid.bidder.id);
      if (!leading || bid.id > leading.id) leading = bid;
    }
    const takesPart = currentUser() && bidders.has(currentUser().id) && lot.kind !== "sealed";
    const mine = takesPart && leading.bidder.id === currentUser().id, {name} = leading?.bidder ?? {};
    const texts = isOpen ? ["You lead.", `You were outbid by ${name}.`]
      : ["The highest bid is yours.", `The highest bid is from ${name}.`];
    view.textContent = takesPart ? texts[mine ? 0 : 1] : "";
    view.dataset.leads = Boolean(mine);
  }
  return {view, show};
}
