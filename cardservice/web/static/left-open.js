// A page that nobody has touched for as long as a session may be idle is emptied and left: what it showed is gone from the
// screen and from the browser, also when the service cannot be reached. The session itself ends on the server in any case.
// What was typed and not sent goes to the server to be kept, sealed, for the same person; it is done nothing with.
// Before that it is said, in time to stay: any key, any touch and the button are enough (WCAG 2.2, 2.2.1). Who types for a
// long time on one page is at work, and the server is told so.

const LOOK_EVERY = 5_000;
const WARN_BEFORE = 120_000;
const STAY = "/still-here";

const longest = Number(document.body.dataset.goneAfter) * 1000;
const warnAfter = longest - Math.min(WARN_BEFORE, longest / 2);
const ending = document.querySelector("[data-ending]");
const said = document.querySelector("[data-ending-said]");
let touched = Date.now();
let heard = Date.now();
let typedIn = null;
let atTheDesk = Date.now();

/** The applicant's window tells of touches there (interpreter.js): they count for a while, not for ever. */
function touch(event) {
  if (event.isTrusted) {
    atTheDesk = Date.now();
  } else if (Date.now() - atTheDesk > longest) {
    return;
  }
  touched = Date.now();
  if (event.type === "input") {
    typedIn = event.target.form;
  }
  if (!ending.hidden && !ending.contains(event.target)) {
    stay();
  }
}

/** Clocks are compared, not counted: a computer that slept has let the time pass too. */
function look() {
  const idle = Date.now() - touched;
  if (idle > longest) {
    leave();
  } else if (idle > warnAfter) {
    warn(longest - idle);
  } else if (touched > heard && Date.now() - heard > longest / 2) {
    tellTheServer();
  }
}

/** Read out once; the time that is left is on the screen only. */
function warn(left) {
  const minutes = `${Math.floor(left / 60_000)}:${String(Math.floor((left % 60_000) / 1000)).padStart(2, "0")}`;
  const words = ending.dataset.words.replace("{time}", minutes);
  ending.querySelector("[data-ending-words]").textContent = words;
  if (ending.hidden) {
    ending.hidden = false;
    said.textContent = `${words} ${ending.querySelector("[data-stay]").textContent}`;
  }
}

function stay() {
  const hadTheFocus = ending.contains(document.activeElement);
  ending.hidden = true;
  said.textContent = "";
  if (hadTheFocus) {
    document.querySelector("main").focus({ preventScroll: true });
  }
  tellTheServer();
}

/** Any request would do; this one changes nothing. Where the session is over already, the page goes as it would have. */
async function tellTheServer() {
  heard = Date.now();
  const answer = await fetch(STAY, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
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
ending.querySelector("[data-stay]").addEventListener("click", stay);
document.addEventListener("visibilitychange", look);
// A page that the browser kept aside and shows again is as old as it is.
addEventListener("pageshow", look);
setInterval(look, LOOK_EVERY);
