// Searches the sections of the site, which `_static/sections.js` lists, in place of Sphinx's search of whole pages.
// The two share the form, the stemmer, the list of stop words and the place where results are shown.

const MOST = 50;
const SHORTEST_STEM = 4; // the stem of CORS is cor, which begins other words
const AROUND = 120; // characters of an excerpt before the word
const IN_HEADING = 10;
const IN_TITLE = 3;
const FIRST = 5; // more, if the heading begins with the word
const WHOLE_QUERY = 8;
const MISTAKES = 0.6; // what a page of mistakes counts: it explains what a checkpoint says

function patternOf(word, stemmer) {
  const stem = stemmer.stemWord(word);
  const isStem = stem.length >= SHORTEST_STEM && !/^\d+$|_/.test(word); // no status code, and no name in code
  const shape = `(?:${stem.replace(/i$/, "[iy]")}|${word})`; // the stem of policy and of policies is polici
  return new RegExp(`(?<![\\p{L}\\p{N}_])${isStem ? shape : `${word}(?![\\p{L}\\p{N}])`}`, "iu");
}

function wordsOf(query) {
  const all = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter((word) => word);
  const telling = all.filter((word) => !stopwords.has(word));
  return telling.length ? telling : all;
}

function found(query) {
  const stemmer = new Stemmer();
  const words = wordsOf(query);
  const patterns = words.map((word) => patternOf(word, stemmer));
  const whole = query.toLowerCase().trim();
  const matches = patterns.map((pattern) =>
    SECTIONS.map(([, title, , heading, text]) =>
      (pattern.test(heading) ? IN_HEADING : 0) + (heading.search(pattern) === 0 ? FIRST : 0) + (pattern.test(title) ? IN_TITLE : 0) + (pattern.test(text) ? 1 : 0),
    ),
  );
  const rarity = matches.map((row) => Math.log(1 + SECTIONS.length / Math.max(row.filter((each) => each).length, 1)));
  const results = SECTIONS.map((section, at) => {
    const having = matches.filter((row) => row[at]).length;
    let score = matches.reduce((sum, row, word) => sum + row[at] * rarity[word], 0);
    if (words.length > 1 && section[3].toLowerCase().includes(whole)) score += WHOLE_QUERY * IN_HEADING;
    else if (words.length > 1 && section[4].toLowerCase().includes(whole)) score += WHOLE_QUERY;
    return { section, having, score: section[0].startsWith("errors/mistakes") ? MISTAKES * score : score };
  });
  const most = Math.max(0, ...results.map((result) => result.having));
  const best = results.filter((result) => most && result.having === most && 2 * most > words.length);
  best.sort((one, other) => other.score - one.score);
  return { best, patterns, words, all: most === words.length };
}

function excerpt(text, patterns) {
  const at = patterns.map((pattern) => text.search(pattern)).filter((place) => place >= 0);
  const first = Math.max((at.length ? Math.min(...at) : 0) - AROUND, 0);
  const piece = text.slice(first, first + 2 * AROUND).trim();
  return (first ? "…" : "") + piece + (first + 2 * AROUND < text.length ? "…" : "");
}

function listItem([page, title, id, heading, text], patterns) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = `${page}.html${id ? `#${id}` : ""}`;
  link.textContent = id ? `${title} > ${heading}` : title;
  const context = item.appendChild(document.createElement("p"));
  context.className = "context";
  context.textContent = excerpt(text, patterns);
  return item;
}

Search.hasIndex = () => true;
Search.query = (query) => {
  const { best, patterns, words, all } = found(query);
  Search.stopPulse();
  Search.title.innerText = "Search results";
  const count = best.length === 1 ? "1 section" : `${best.length} sections`;
  const which = all ? "" : " No section has all the words; these have most of them.";
  const few = best.length > MOST ? ` The first ${MOST} are shown.` : "";
  Search.status.innerText = best.length ? `${count} found.${which}${few}` : "No section has these words.";
  for (const { section } of best.slice(0, MOST)) Search.output.append(listItem(section, patterns));
  localStorage.setItem("sphinx_highlight_terms", words.join(" "));
};
