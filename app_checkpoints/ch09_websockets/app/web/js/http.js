// One request to the service. The token is stored in this variable alone: it is gone when the page is closed.

export const HOUSE = new URL("../", location.href); // the page stands at /watch/
let token = null, user = null;

export const isKnown = () => token !== null;
export const me = () => user; // the logged-in user, as /auth/me describes them; null for a visitor
export const know = (given, who = null) => ([token, user] = [given, who]);

/** The response's JSON. Throws an Error with the service's words, and its `status`, for an error. */
export async function call(method, path, {json, form} = {}) {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  if (json) headers["Content-Type"] = "application/json";
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  const answer = await fetch(new URL(path, HOUSE), {method, headers, body, signal: AbortSignal.timeout(10_000)});
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const words = [told.detail ?? told.title ?? "The service gave no reason."];
  for (const {loc, msg} of told.errors ?? []) words.push(`${loc.at(-1)}: ${msg}.`);
  throw Object.assign(new Error(words.join(" ")), {status: answer.status});
}
