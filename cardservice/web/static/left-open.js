// A page that nobody has touched for as long as a session may be idle is emptied and left: what it showed is gone from the
// screen and from the browser, also when the service cannot be reached. The session itself ends on the server in any case.

const LOOK_EVERY = 5_000;

const longest = Number(document.body.dataset.goneAfter) * 1000;
let touched = Date.now();

function touch() {
  touched = Date.now();
}

/** Clocks are compared, not counted: a computer that slept has let the time pass too. */
function look() {
  if (Date.now() - touched > longest) {
    document.body.replaceChildren();
    document.title = "";
    location.replace("/");
  }
}

for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
  addEventListener(kind, touch, { passive: true, capture: true });
}
document.addEventListener("visibilitychange", look);
// A page that the browser kept aside and shows again is as old as it is.
addEventListener("pageshow", look);
setInterval(look, LOOK_EVERY);
