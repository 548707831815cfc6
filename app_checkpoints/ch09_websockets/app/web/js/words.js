// Elements made of text, never of HTML; money; and the time that is left.

/** An element. What begins with "on" in `given` is a listener, the rest are attributes; text stays text. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
export const field = (id, words, more = {}) => [
  el("label", {for: id}, words), el("input", {id, name: id, required: true, ...more}),
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
