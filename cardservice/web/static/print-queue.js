// How far a print job is: its page loads itself anew while somebody looks at it and has nothing in hand on it. And three
// hundred cards chosen with one key. Without this file the page loads itself in any case, and every card has its own box.

const LOOK_EVERY = 2_000;
// Ten minutes: a page that nobody touches for longer does not keep its session alive for ever.
const MOST_LOOKS = 300;

const looks = Number(new URLSearchParams(location.search).get("looks")) || 0;

if (document.querySelector("[data-progress]") && looks < MOST_LOOKS) {
  setInterval(lookAgain, LOOK_EVERY);
}

for (const button of document.querySelectorAll("[data-choose]")) {
  button.dataset.ready = "";
  button.addEventListener("click", () => {
    for (const box of button.form.querySelectorAll("[name=card]")) {
      box.checked = button.dataset.choose === "all";
    }
  });
}

function lookAgain() {
  const hand = document.activeElement;
  if (document.visibilityState === "visible" && !hand?.matches("input, select, textarea")) {
    location.replace(`?looks=${looks + 1}`);
  }
}
