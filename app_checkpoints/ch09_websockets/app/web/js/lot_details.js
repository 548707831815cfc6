// The details of a lot in three parts: its title, its figures, and the rest.

import {el, money, timeLeft} from "./texts.js";

export function lotDetails() {
  const title = el("h1", {id: "lot-title"}), text = el("p"), photo = el("img", {alt: "", hidden: true});
  const price = el("dd", {class: "price"}), [left, watchers, seller] = ["dd", "dd", "dd"].map((name) => el(name));
  const label = el("dt"), figure = (name, value) => el("div", {}, el("dt", {}, name), value);
  const figures = el("dl", {}, el("div", {}, label, price), figure("Time left", left), figure("Watching", watchers));
  const rest = el("div", {class: "details"}, photo, text, el("dl", {}, figure("Seller", seller)));
  let closes = Infinity, ahead = 0; // ahead: ms by which the service's clock is ahead of this computer's

  const remaining = () => closes - Date.now() - ahead;
  const tick = () => (left.textContent = Number.isFinite(closes) ? timeLeft(remaining()) : "");
  const watch = (count) => (watchers.textContent = count === 1 ? "only you" : `${count} people`);
  function show(lot, now) {
    if (now) ahead = Date.parse(now) - Date.now();
    closes = Date.parse(lot.closes_at);
    document.title = `${lot.title}, live at Gavel`;
    [title.textContent, text.textContent, seller.textContent] = [lot.title, lot.description, lot.seller.name];
    [label.textContent, price.textContent] = [lot.bid_count && lot.kind !== "sealed" ? "Price" : "Starts at", money(lot.price)];
    photo.hidden = !lot.photo_url;
    if (lot.photo_url) [photo.src, photo.alt] = [lot.photo_url, `Photo: ${lot.title}`];
    tick();
  }
  return {title, figures, rest, show, watch, tick, remaining};
}
