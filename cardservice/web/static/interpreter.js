// The window that faces the person at the counter. It can be closed by its button where a script opened it or a link did;
// while it is used, the desk's own page is not left alone: otherwise that would be emptied as if nobody were there.
// It does not outlive the person it was for: the desk's pages say when somebody else comes (applicant-window.js), and it
// is emptied after the time for which the desk itself may be left alone.

const LOOK_EVERY = 5_000;

const { applicant, goneAfter } = document.body.dataset;
const longest = Number(goneAfter) * 1000;
const close = document.querySelector("[data-close]");
let touched = Date.now();

function tellTheDesk() {
  touched = Date.now();
  try {
    opener?.document.dispatchEvent(new Event("scroll"));
  } catch {
    // The desk's page has gone elsewhere: there is nobody to tell.
  }
}

function askAnew() {
  document.body.replaceChildren();
  location.replace("/interpreter");
}

/** Where the browser does not let the window be closed, it is empty. */
function leave() {
  document.body.replaceChildren();
  document.title = "";
  window.close();
}

function listen({ data }) {
  if (data === null) {
    leave();
  } else if (data !== applicant) {
    askAnew();
  }
}

/** Clocks are compared, not counted: a computer that slept has let the time pass too. */
function look() {
  if (Date.now() - touched > longest) {
    leave();
  }
}

if (opener) {
  close.dataset.ready = "";
}
close.addEventListener("click", () => window.close());
const paper = document.querySelector("[data-print]");
if (paper) {
  paper.dataset.ready = "";
  paper.addEventListener("click", () => window.print());
}
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, tellTheDesk, { passive: true });
}
new BroadcastChannel("applicant").addEventListener("message", listen);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", ({ persisted }) => persisted && askAnew());
setInterval(look, LOOK_EVERY);
tellTheDesk();
