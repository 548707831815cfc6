// One request to the service. The token is stored in this variable alone: it is gone when the page is closed.

export const BASE = new URL("../", location.href); // the path of the page is /watch/
let token = null, user = null;

export const isLoggedIn = () => token !== null;
export const currentUser = () => user; // the logged-in user, as /auth/me describes them; null for a visitor
export const setLogin = (newToken, newUser = null) => ([token, user] = [newToken, newUser]);

/** The response's JSON. Throws an Error with the text of the problem, and its `status`, for an error response. */
export async function call(method, path, {json, form} = {}) {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  if (json) headers["Content-Type"] = "application/json";
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  const response = await fetch(new URL(path, BASE), {method, headers, body, signal: AbortSignal.timeout(10_000)});
  const content = await response.json().catch(() => ({}));
  if (response.ok) return content;
  const texts = [content.detail ?? content.title ?? "The service gave no reason."];
  for (const {loc, msg} of content.errors ?? []) texts.push(`${loc.at(-1)}: ${msg}.`);
  throw Object.assign(new Error(texts.join(" ")), {status: response.status});
}
