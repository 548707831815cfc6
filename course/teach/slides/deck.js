// Shrinks what is too high for its slide, then hands the deck to reveal.js.

const SMALLEST = 0.7; // of the size that the style sheet gives; below it nobody in the last row could read
const STEP = 0.02;

function spills(body) {
  return body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
}

function fit() {
  document.documentElement.classList.add("measuring");
  for (const slide of document.querySelectorAll(".slide")) {
    const body = slide.querySelector(".body");
    let size = 1;
    while (spills(body) && size > SMALLEST) {
      size -= STEP;
      slide.style.setProperty("--size", size.toFixed(2));
    }
    slide.dataset.size = size.toFixed(2);
  }
  document.documentElement.classList.remove("measuring");
}

fit();

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  controlsTutorial: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  backgroundTransition: "none",
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
  keyboardCondition: null,
  plugins: [RevealNotes],
});

Reveal.addKeyBinding({ keyCode: 68, key: "D", description: "Dark or light" }, () => {
  const page = document.documentElement.classList;
  page.toggle("light", !page.toggle("dark"));
});
