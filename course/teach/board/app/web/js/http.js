// What the board answers, or why it does not.

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? "The board said no.");
    this.status = status;
  }
}

export async function ask(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  let answer;
  try {
    answer = await fetch(`api/v1/${path}`, { method, ...sent });
  } catch {
    throw new Refused(0, { detail: "The board cannot be reached." });
  }
  if (!answer.ok) {
    throw new Refused(answer.status, await answer.json().catch(() => ({})));
  }
  return answer.status === 204 ? null : answer.json();
}
