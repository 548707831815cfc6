// The dialog in which a user logs in, or registers and is logged in.

import {logIn, register} from "./api.js";
import {el, field} from "./texts.js";

const isNew = el("input", {id: "new", type: "checkbox", onchange: () => show()});
const name = el("div", {}, ...field("name", "Name, as others will see it", {autocomplete: "nickname"}));
const error = el("p", {class: "error", role: "alert"});
const send = el("button", {class: "strong"});
const form = el("form", {onsubmit: (event) => (event.preventDefault(), submit())},
  el("h2", {id: "login-title"}, "Log in"),
  ...field("email", "E-mail", {type: "email", autocomplete: "username"}),
  ...field("password", "Password", {type: "password", autocomplete: "current-password", minlength: 12}),
  el("p", {class: "row"}, isNew, el("label", {for: "new"}, "I am new here")), name, error,
  el("p", {class: "row"}, send, el("button", {type: "button", onclick: () => dialog.close()}, "Cancel")));
const dialog = document.body.appendChild(el("dialog", {"aria-labelledby": "login-title"}, form));

export const open = () => (show(), dialog.showModal());
function show() {
  [error.textContent, send.textContent] = ["", isNew.checked ? "Register" : "Log in"];
  name.hidden = form.elements.name.disabled = !isNew.checked;
}
function submit() {
  const {email, password, name} = Object.fromEntries(new FormData(form));
  Promise.resolve(isNew.checked && register({email, password, name}))
    .then(() => logIn(email, password))
    .then(() => (form.reset(), dialog.close()), ({message}) => (error.textContent = message));
}
