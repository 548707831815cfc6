// The form for a bid. It offers the lowest bid that the service accepts.

import * as login from "./login.js";
import {isLoggedIn} from "./http.js";
import {el, field, money} from "./texts.js";

export function bidForm(send) {
  const hint = el("p", {id: "hint"}), error = el("p", {class: "error", role: "alert"});
  const number = {type: "number", step: "0.01", inputmode: "decimal", "aria-describedby": "hint"};
  const view = el("form", {class: "bid", hidden: true, onsubmit: (event) => (event.preventDefault(), bid())},
    ...field("amount", "Your bid in euros", number), el("button", {class: "strong"}, "Bid"), hint, error);
  const amount = view.elements.amount;
  const showError = (text) => (error.textContent = text);

  function bid() {
    showError("");
    if (!isLoggedIn()) login.open();
    else if (!send({type: "bid", amount: amount.value})) showError("No connection: your bid was not sent.");
  }
  function show(lot, isOpen) {
    const least = lot.minimum_bid ?? lot.price;
    const text = lot.kind === "sealed" ? "Sealed: other users see it after the lot has closed." : `At least ${money(least)}.`;
    hint.textContent = isLoggedIn() ? text : `${text} You will be asked to log in.`;
    amount.min = least;
    const typing = document.activeElement === amount; // keep what the user has typed
    if (!typing && Number(amount.value) < Number(least)) amount.value = least;
    view.hidden = !isOpen;
  }
  return {view, show, showError};
}
