// The requests that the page sends.

import {BASE, call, isLoggedIn, setLogin} from "./http.js";

export const lot = (id) => call("GET", `api/v1/lots/${id}`);
export const bids = (id) => call("GET", `api/v1/lots/${id}/bids?limit=100`);
export const register = (person) => call("POST", "auth/register", {json: person});
export async function lots() {
  const {total} = await call("GET", "api/v1/lots?limit=1");
  return call("GET", `api/v1/lots?limit=100&offset=${Math.max(0, total - 100)}`); // the newest hundred
}
export async function logIn(username, password) {
  const {access_token} = await call("POST", "auth/token", {form: {username, password}});
  setLogin(access_token);
  setLogin(access_token, await call("GET", "auth/me"));
  dispatchEvent(new Event("login"));
}
export const logOut = () => (setLogin(null), dispatchEvent(new Event("logout")));

/** The URL of the live connection. Servers log URLs, so it contains a ticket and never the token. */
export async function liveUrl(id) {
  const url = new URL(`api/v1/lots/${id}/live`, BASE);
  url.protocol = BASE.protocol.replace("http", "ws");
  const response = isLoggedIn() && (await call("POST", `api/v1/lots/${id}/tickets`).catch((error) => error));
  if (response.status === 401) logOut();
  if (response.ticket) url.searchParams.set("ticket", response.ticket);
  return url;
}
