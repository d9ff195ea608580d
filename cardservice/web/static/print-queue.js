// How far a print job is: its page loads itself anew while somebody looks at it and has nothing in hand on it. And three
// hundred cards chosen with one key. Without this file the page loads itself in any case, and every card has its own box.

const LOOK_EVERY = 2_000;

if (document.querySelector("[data-progress]")) {
  setInterval(lookAgain, LOOK_EVERY);
}

for (const button of document.querySelectorAll("[data-choose]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of button.form.querySelectorAll("[name=card]")) {
      box.checked = button.dataset.choose === "all";
    }
  });
}

function lookAgain() {
  const hand = document.activeElement;
  if (document.visibilityState === "visible" && !hand?.matches("input, select, textarea")) {
    location.reload();
  }
}
