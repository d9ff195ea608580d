// The window that faces the person at the counter. It can be closed by its button where a script opened it or a link did;
// and while it is used, the desk's own page is not left alone: otherwise that would be emptied as if nobody were there.

const close = document.querySelector("[data-close]");

function tellTheDesk() {
  try {
    opener?.document.dispatchEvent(new Event("scroll"));
  } catch {
    // The desk's page has gone elsewhere: there is nobody to tell.
  }
}

close.hidden = false;
close.addEventListener("click", () => window.close());
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, tellTheDesk, { passive: true });
}
tellTheDesk();
