// The requests of the page.

import {HOUSE, call, isKnown, know} from "./http.js";

export const lot = (id) => call("GET", `api/v1/lots/${id}`);
export const bids = (id) => call("GET", `api/v1/lots/${id}/bids?limit=100`);
export const register = (person) => call("POST", "auth/register", {json: person});
export async function lots() {
  const {total} = await call("GET", "api/v1/lots?limit=1");
  return call("GET", `api/v1/lots?limit=100&offset=${Math.max(0, total - 100)}`); // the newest hundred
}
export async function enter(username, password) {
  const {access_token} = await call("POST", "auth/token", {form: {username, password}});
  know(access_token);
  know(access_token, await call("GET", "auth/me"));
  dispatchEvent(new Event("entered"));
}
export const leave = () => (know(null), dispatchEvent(new Event("left")));

/** Where a lot is live. Addresses are written into logs, so it carries a ticket, and never the token. */
export async function live(id) {
  const address = new URL(`api/v1/lots/${id}/live`, HOUSE);
  address.protocol = HOUSE.protocol.replace("http", "ws");
  const given = isKnown() && (await call("POST", `api/v1/lots/${id}/tickets`).catch((error) => error));
  if (given.status === 401) leave();
  if (given.ticket) address.searchParams.set("ticket", given.ticket);
  return address;
}
