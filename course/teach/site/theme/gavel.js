// Three things that a style sheet cannot do. Nothing here speaks to a network.

// Sphinx marks the words of a search, in pictures too, and asks for the size of a picture's title, which has none.
SVGElement.prototype.getBBox ??= () => new DOMRect();

// What is wider than its frame scrolls, and whoever has no mouse scrolls it with the keyboard.
const frames = ".highlight pre, .table-wrapper, .gavel-picture, .course-code, .gavel-report pre, .cell_output .output, div.output pre";

function reachable() {
  for (const frame of document.querySelectorAll(frames)) {
    if (frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight + 1) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", "Scrolls to the side");
    } else {
      frame.removeAttribute("tabindex");
    }
  }
}

// On paper nothing can be unfolded: answers and solutions are printed open. What a cell has printed stays folded.
let opened = [];

function unfold() {
  opened = [...document.querySelectorAll("article details:not([open])")].filter((fold) => !fold.closest(".cell_output"));
  for (const fold of opened) fold.open = true;
}

function fold() {
  for (const each of opened) each.open = false;
}

window.addEventListener("load", reachable);
window.addEventListener("resize", reachable);
document.addEventListener("toggle", reachable, true);
window.addEventListener("beforeprint", unfold);
window.addEventListener("afterprint", fold);
