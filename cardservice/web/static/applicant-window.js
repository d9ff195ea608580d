// The desk's side of the window that faces the person at the counter (interpreter.js).

// Every page of the desk says which language they have pointed to, or that the session is over (null): the window must not
// outlive them.
const channel = new BroadcastChannel("applicant");
channel.postMessage(document.body.dataset.applicant ?? null);
channel.close();

// Alt and I asks in their language: the link follows the focus, so that it opens the question of the field that somebody is
// in. Back at the desk, the focus is in that field again and not at the link. Without this file it opens the first question
// of the page.
const link = document.querySelector("[data-turn]");
let last = null;

function follow({ target }) {
  if (target.target !== link.target) {
    last = target;
  }
  const about = target.closest("[data-question]");
  if (about) {
    link.href = new URL(about.dataset.question, link.href);
  }
}

function comeBack({ target }) {
  if (target.closest(`a[target="${link.target}"]`)) {
    last?.focus({ preventScroll: true });
  }
}

if (link) {
  document.addEventListener("focusin", follow);
  document.addEventListener("click", comeBack);
}
