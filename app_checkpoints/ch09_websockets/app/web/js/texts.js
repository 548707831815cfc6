// Elements that are made of text, never of HTML; amounts of money; the time until a lot closes.

/** An element. A name in `options` that begins with "on" is a listener, any other an attribute; text stays text. */
export function el(name, options = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
export const field = (id, label, more = {}) => [
  el("label", {for: id}, label), el("input", {id, name: id, required: true, ...more}),
];

const EUROS = new Intl.NumberFormat("en-IE", {style: "currency", currency: "EUR"});
export const money = (amount) => EUROS.format(amount); // a string keeps all its digits

/** "2 d 4 h", "4 h 10 min", "9 min 59 s", "12 s"; "closed" when nothing is left. */
export function timeLeft(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 0) return "closed";
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${rest} s` : `${rest} s`;
}
