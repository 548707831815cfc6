// The open lots. Every few seconds their prices, counts and times are fetched again, without a reload.

import {card} from "./card.js";
import * as api from "./api.js";

const INTERVAL = 3_000; // ms between two requests

/** Show the lots until the returned function is called. */
export function showCatalogue(place) {
  const [note, list] = [place.querySelector("p"), place.querySelector("ul")];
  const cards = new Map(); // by id and photo
  let waiting = 0, ended = false;
  async function refresh() {
    try {
      const open = (await api.lots()).items.filter((lot) => lot.status === "open");
      if (ended) return;
      const keys = open.map((lot) => `${lot.id} ${lot.photo_url}`);
      open.forEach((lot, at) => (cards.get(keys[at]) ?? cards.set(keys[at], card(lot)).get(keys[at])).show(lot));
      for (const key of cards.keys()) if (!keys.includes(key)) (cards.get(key).view.remove(), cards.delete(key));
      keys.forEach((key) => cards.get(key).view.isConnected || list.append(cards.get(key).view));
      note.textContent = open.length ? "" : "No lot is open at the moment.";
    } catch {
      note.textContent = "The service does not respond. Trying again…";
    }
    if (!ended) waiting = setTimeout(refresh, INTERVAL);
  }
  (note.textContent = "Fetching the lots…"), list.replaceChildren(), refresh();
  return () => ((ended = true), clearTimeout(waiting));
}
