// Names and times, in words.

let known = { chapters: {}, requirements: {}, misconceptions: {} };
let ahead = 0;

export function learn(words) { known = words; }

// The clock of the board is the one that counts.
export function setClock(now) { ahead = Date.parse(now) - Date.now(); }

const spelled = (name) => name.replace(/^test_/, "").replaceAll(/[_-]/g, " ");
export const plain = (words) => words.replaceAll("`", "");
const own = (table, name) => Object.hasOwn(table, name) ? plain(table[name]) : spelled(name);
export const chapter = (name) => own(known.chapters, name);
export const requirement = (name) => own(known.requirements, name);
export const misconception = (name) => own(known.misconceptions, name);
export const short = (name) => chapter(name).split(" · ")[0];

export const minutes = (since) => Math.max(0, (Date.now() + ahead - Date.parse(since)) / 60000);

export function ago(since) {
  const many = Math.floor(minutes(since));
  if (many < 1) return "under a minute";
  if (many < 60) return `${many} min`;
  if (many < 48 * 60) return `${Math.floor(many / 60)} h ${many % 60} min`;
  return `${Math.floor(many / 1440)} days`;
}

export const people = (count) => count === 1 ? "1 person" : `${count} people`;
export const checks = (count) => count === 1 ? "1 check" : `${count} checks`;
