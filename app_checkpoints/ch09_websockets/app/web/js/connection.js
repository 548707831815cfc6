// The connection to a lot: it is opened again when it is lost, each time after a longer delay.

import {openSocket} from "./socket.js";

const MAX_DELAY = 10_000; // ms between two attempts

/** `address` returns a promise of the URL; `changed` is called with "live" or "lost". */
export function connection(address, handle, changed) {
  let socket = null, timer = 0, attempts = 0, current = 0;
  const disconnect = () => (clearTimeout(timer), socket?.end(), (socket = null), ++current);
  const receive = (message) => ((attempts = 0), changed("live"), handle(message));

  async function open() {
    const mine = disconnect();
    const url = await address().catch(() => null);
    if (mine !== current) return; // closed or opened again meanwhile
    if (url) socket = openSocket(url, receive, retry);
    else retry();
  }
  function retry() {
    socket = null;
    changed("lost");
    const delay = Math.min(MAX_DELAY, 500 * 2 ** attempts++);
    timer = setTimeout(open, delay * (0.5 + Math.random() / 2)); // not all pages at the same time
  }
  const openNow = () => socket ?? open(); // the network is back
  addEventListener("online", openNow);
  open();
  const close = () => (removeEventListener("online", openNow), disconnect());
  return {open, close, send: (message) => socket?.send(message)};
}
