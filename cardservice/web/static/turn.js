// Alt and I asks in the applicant's language: the link follows the focus, so that it opens the question of the field that
// somebody is in. Without this file it opens the first question of the page.

const link = document.querySelector("[data-turn]");

document.addEventListener("focusin", (event) => {
  const about = event.target.closest("[data-question]");
  if (about) {
    link.href = new URL(about.dataset.question, link.href);
  }
});
