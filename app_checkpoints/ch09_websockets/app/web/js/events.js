// Watch one lot: the events of its connection, and a clock that ticks until the lot closes.

import {liveUrl} from "./api.js";
import {connection} from "./connection.js";
import {lotView} from "./lot.js";

export function watchLot(id, place, announcer) {
  const view = lotView(id, place, announcer, (message) => events.send(message));
  const events = connection(() => liveUrl(id), view.handle, view.changed);
  let isOpen = false;
  const clock = setInterval(() => {
    const wasOpen = isOpen;
    isOpen = view.tick() !== "closed";
    if (wasOpen && !isOpen) setTimeout(() => view.reveal().catch(() => {}), 1000);
  }, 1000);
  return {
    reconnect: events.open,
    close() {
      clearInterval(clock);
      events.close();
      place.replaceChildren();
      document.title = "Gavel, live";
    },
  };
}
