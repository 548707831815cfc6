// One call to the house. The token lives in this variable alone: it goes when the page goes.

export const HOUSE = new URL("../", location.href); // the page stands at /watch/
let token = null;

export const isKnown = () => token !== null;
export const know = (given) => (token = given);

/** What the house answers. Throws an Error with its words, and its `status`, when it refuses. */
export async function call(method, path, {json, form} = {}) {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  if (json) headers["Content-Type"] = "application/json";
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  const answer = await fetch(new URL(path, HOUSE), {method, headers, body, signal: AbortSignal.timeout(10_000)});
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const words = [told.detail ?? told.title ?? "The house gave no reason."];
  for (const {loc, msg} of told.errors ?? []) words.push(`${loc.at(-1)}: ${msg}.`);
  throw Object.assign(new Error(words.join(" ")), {status: answer.status});
}
