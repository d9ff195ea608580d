// Alt and I asks in the applicant's language: the link follows the focus, so that it opens the question of the field that
// somebody is in. Back at the desk, the focus is in that field again and not at the link. Without this file it opens the first question of the page.

const link = document.querySelector("[data-turn]");
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.target !== link.target) {
    last = event.target;
  }
  const about = event.target.closest("[data-question]");
  if (about) {
    link.href = new URL(about.dataset.question, link.href);
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest(`a[target="${link.target}"]`)) {
    last?.focus({ preventScroll: true });
  }
});
