// The line to a lot: a conversation that is begun again whenever it is lost, each time a little later.

import {converse} from "./conversation.js";

const LONGEST = 10_000; // ms between two attempts

/** `address` gives where to (a promise); `changed` is told "live" and "lost". */
export function line(address, heard, changed) {
  let talk = null, waiting = 0, attempts = 0, round = 0;
  const hang = () => (clearTimeout(waiting), talk?.end(), (talk = null), ++round);
  const hear = (message) => ((attempts = 0), changed("live"), heard(message));

  async function open() {
    const mine = hang();
    const there = await address().catch(() => null);
    if (mine !== round) return; // hung up, or begun again, meanwhile
    if (there) talk = converse(there, hear, again);
    else again();
  }
  function again() {
    talk = null;
    changed("lost");
    const delay = Math.min(LONGEST, 500 * 2 ** attempts++);
    waiting = setTimeout(open, delay * (0.5 + Math.random() / 2)); // not all pages at one moment
  }
  const hurry = () => talk ?? open(); // the browser says that the network is back
  addEventListener("online", hurry);
  open();
  return {open, send: (message) => talk?.send(message), close: () => (removeEventListener("online", hurry), hang())};
}
