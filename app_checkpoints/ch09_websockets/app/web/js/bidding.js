// The form for a bid. It offers the lowest bid that the service accepts.

import * as door from "./door.js";
import {isKnown} from "./http.js";
import {el, field, money} from "./words.js";

export function bidForm(send) {
  const hint = el("p", {id: "hint"}), trouble = el("p", {class: "trouble", role: "alert"});
  const number = {type: "number", step: "0.01", inputmode: "decimal", "aria-describedby": "hint"};
  const view = el("form", {class: "bid", hidden: true, onsubmit: (event) => (event.preventDefault(), bid())},
    ...field("amount", "Your bid in euros", number), el("button", {class: "strong"}, "Bid"), hint, trouble);
  const amount = view.elements.amount;
  const refuse = (words) => (trouble.textContent = words);

  function bid() {
    refuse("");
    if (!isKnown()) door.open();
    else if (!send({type: "bid", amount: amount.value})) refuse("No connection: your bid was not sent.");
  }
  function show(lot, isOpen) {
    const least = lot.minimum_bid ?? lot.price;
    const words = lot.kind === "sealed" ? "Sealed: nobody sees it before the close." : `At least ${money(least)}.`;
    hint.textContent = isKnown() ? words : `${words} You will be asked to log in.`;
    amount.min = least;
    const typing = document.activeElement === amount; // what somebody has typed is not overwritten
    if (!typing && Number(amount.value) < Number(least)) amount.value = least;
    view.hidden = !isOpen;
  }
  return {view, show, refuse};
}
