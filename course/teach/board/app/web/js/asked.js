// Who asked for help, the one who has waited longest first; the code is fetched when it is unfolded.

import { keep, make, say } from "./draw.js";
import { ask } from "./http.js";
import { ago, requirement, short } from "./words.js";

let heard = null;

async function unfold(details, id) {
  if (!details.open || details.dataset.read) return;
  details.dataset.read = "yes";
  try {
    const request = await ask("GET", `room/help/${id}`);
    for (const file of request.code) {
      details.append(make("h3", {}, file.path), make("pre", { tabIndex: 0 }, file.text));
    }
  } catch (error) {
    details.dataset.read = "";
    details.append(make("p", {}, error.message));
  }
}

function create(one) {
  const done = make("button", { type: "button", className: "strong" }, "Done");
  done.addEventListener("click", async () => {
    done.disabled = true;
    await ask("POST", `room/help/${one.id}/done`).catch((error) => { done.disabled = false; alert(error.message); });
  });
  const code = make("details", { className: "private" }, make("summary", {}, one.files === 1 ? "The code: 1 file" : `The code: ${one.files} files`));
  code.addEventListener("toggle", () => unfold(code, one.id));
  code.hidden = one.files === 0;
  return make("li", {}, make("p"), make("p", { className: "question private" }), make("p", { className: "soft" }), code, make("div", { className: "row private" }, done));
}

function update(item, one, names) {
  const [who, question, at] = item.children;
  say(who, `${names ? one.name : "Somebody"}, ${short(one.chapter)}, ${ago(one.asked_at)} ago`);
  say(question, one.question);
  say(at, one.requirement ? `At: ${requirement(one.requirement)}` : "");
}

export function drawAsked(section, room, names, announce) {
  say(section.querySelector("h2"), room.help.length ? `Asked for help: ${room.help.length}` : "Asked for help");
  const waiting = [...room.help].sort((a, b) => Date.parse(a.asked_at) - Date.parse(b.asked_at));
  keep(section.querySelector("ol"), waiting, (one) => one.id, create, (item, one) => update(item, one, names));
  const fresh = heard === null ? [] : waiting.filter((one) => !heard.has(one.id));
  if (fresh.length) announce(fresh.map((one) => `${names ? one.name : "Somebody"} asks for help in ${short(one.chapter)}.`).join(" "));
  heard = new Set(waiting.map((one) => one.id));
}
