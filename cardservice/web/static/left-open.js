// A page that nobody has touched for as long as a session may be idle is emptied and left: what it showed is gone from the
// screen and from the browser, also when the service cannot be reached. The session itself ends on the server in any case.
// What was typed and not sent goes to the server to be kept, sealed, for the same person; it is done nothing with.

const LOOK_EVERY = 5_000;

const longest = Number(document.body.dataset.goneAfter) * 1000;
let touched = Date.now();
let typedIn = null;

function touch(event) {
  touched = Date.now();
  if (event.type === "input") {
    typedIn = event.target.form;
  }
}

/** Clocks are compared, not counted: a computer that slept has let the time pass too. */
function look() {
  if (Date.now() - touched > longest) {
    leave();
  }
}

function leave() {
  if (typedIn?.isConnected && typedIn.method === "post") {
    sendToBeKept(typedIn);
    document.body.replaceChildren();
  } else {
    document.body.replaceChildren();
    location.replace("/");
  }
  document.title = "";
}

/** An ordinary form, so that the sign-in page answers; passwords and files stay behind. */
function sendToBeKept(form) {
  for (const field of form.querySelectorAll("[type=file], [type=password]")) {
    field.disabled = true;
  }
  const page = document.createElement("input");
  page.type = "hidden";
  page.name = "page";
  page.value = new URL(form.action).pathname;
  form.append(page);
  form.enctype = "application/x-www-form-urlencoded";
  form.action = "/keep";
  HTMLFormElement.prototype.submit.call(form);
}

for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
  addEventListener(kind, touch, { passive: true, capture: true });
}
document.addEventListener("visibilitychange", look);
// A page that the browser kept aside and shows again is as old as it is.
addEventListener("pageshow", look);
setInterval(look, LOOK_EVERY);
