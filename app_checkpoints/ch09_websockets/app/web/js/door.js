// The dialog in which a user logs in, or registers and is logged in.

import {enter, register} from "./house.js";
import {el, field} from "./words.js";

const isNew = el("input", {id: "new", type: "checkbox", onchange: () => show()});
const name = el("div", {}, ...field("name", "Name, as others will see it", {autocomplete: "nickname"}));
const trouble = el("p", {class: "trouble", role: "alert"});
const send = el("button", {class: "strong"});
const form = el("form", {onsubmit: (event) => (event.preventDefault(), knock())},
  el("h2", {id: "door-title"}, "Log in"),
  ...field("email", "E-mail", {type: "email", autocomplete: "username"}),
  ...field("password", "Password", {type: "password", autocomplete: "current-password", minlength: 12}),
  el("p", {class: "row"}, isNew, el("label", {for: "new"}, "I am new here")), name, trouble,
  el("p", {class: "row"}, send, el("button", {type: "button", onclick: () => door.close()}, "Cancel")));
const door = document.body.appendChild(el("dialog", {"aria-labelledby": "door-title"}, form));

export const open = () => (show(), door.showModal());
function show() {
  [trouble.textContent, send.textContent] = ["", isNew.checked ? "Register" : "Log in"];
  name.hidden = form.elements.name.disabled = !isNew.checked;
}
function knock() {
  const {email, password, name} = Object.fromEntries(new FormData(form));
  Promise.resolve(isNew.checked && register({email, password, name}))
    .then(() => enter(email, password))
    .then(() => (form.reset(), door.close()), (error) => (trouble.textContent = error.message));
}
