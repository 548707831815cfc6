// Being in the room of one lot: the line, and a clock that ticks until the lot closes.

import {live} from "./house.js";
import {line} from "./line.js";
import {lotView} from "./lot.js";

export function enterRoom(id, place, announcer) {
  const view = lotView(id, place, announcer, (message) => talk.send(message));
  const talk = line(() => live(id), view.hear, view.changed);
  let isOpen = false;
  const clock = setInterval(() => {
    const wasOpen = isOpen;
    isOpen = view.tick() !== "closed";
    if (wasOpen && !isOpen) setTimeout(() => view.reveal().catch(() => {}), 1000);
  }, 1000);
  return {
    again: talk.open,
    close() {
      clearInterval(clock);
      talk.close();
      place.replaceChildren();
      document.title = "Gavel, live";
    },
  };
}
