// The papers' page says at every tick what is reached and what is missing. The server works it out, so that there is one
// truth; without this file the button "Work it out" does the same.

const AFTER = 150;

const form = document.querySelector("[data-papers]");
const place = form.querySelector("[data-reached]");
let waiting = 0;
let asked = null;

/** Only the newest answer counts: a slower one from before would say what is no longer ticked. */
async function work() {
  asked?.abort();
  asked = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "work-out");
    const answer = await fetch(form.action, { method: "POST", body, signal: asked.signal, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-reached]");
    if (now) {
      place.replaceChildren(...now.children);
    }
  } catch {
    // Nobody is signed in any more, or there is no network: the form's own button says so when it is pressed.
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(work, AFTER);
});
for (const button of form.querySelectorAll("[data-scriptless]")) {
  button.hidden = true;
}
