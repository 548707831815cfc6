// The lots on which one can bid now.

import * as house from "./house.js";
import {el, money, timeLeft} from "./words.js";

const card = (lot) =>
  el("li", {},
    el("a", {href: `#lot=${lot.id}`},
      lot.photo_url ? el("img", {src: lot.photo_url, alt: "", loading: "lazy"}) : el("span", {class: "blank"}, "No photo"),
      el("strong", {}, lot.title),
      el("span", {class: "price"}, money(lot.price)),
      el("span", {}, `${lot.bid_count} ${lot.bid_count === 1 ? "bid" : "bids"}, `,
        `${timeLeft(Date.parse(lot.closes_at) - Date.now())} left`)));

export async function showCatalogue(place) {
  const [note, list] = [place.querySelector("p"), place.querySelector("ul")];
  note.textContent = "Fetching the lots…";
  try {
    const {items} = await house.lots();
    const open = items.filter((lot) => lot.status === "open");
    list.replaceChildren(...open.map(card));
    note.textContent = open.length ? "" : "Nothing is up for auction at the moment.";
  } catch {
    note.textContent = "The house does not answer. Reload the page to try again.";
  }
}
