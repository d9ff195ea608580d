// What is being typed goes to the server to be kept, sealed, for the same person: a browser that ends, a computer that is
// started anew and a lost connection take none of it along. The browser itself keeps nothing. Nothing is done with what
// is kept, and nobody's session lasts longer for it; who is at work is left-open.js's. Without a connection the form is
// not sent, as the browser's own page would stand in its place: the page says so, and when it is kept.
// docs/decisions/0086

const AFTER = 2_000;
const AT_THE_LATEST = 15_000;
const PATIENCE = 10_000;
const AGAIN = 2_000;
const AGAIN_AT_MOST = 30_000;
// Bytes: browsers refuse more than 64 KiB that outlives its page, of all requests together (Fetch, 4.7).
const OUTLIVES_ITS_PAGE = 48 * 1024;

const said = document.querySelector("[data-half-typed]");
const form = said.closest("form");
const page = new URL(form.action).pathname;
let typed = "unsent" in said.dataset ? 1 : 0;
let kept = 0;
let since = 0;
let waiting = 0;
let asked = null;
let again = AGAIN;
let isLost = false;
let isAsking = false;
let isSent = false;

/** Some time after the last key, and at the latest some time after the first. A lost connection has a time of its own. */
function soon() {
  if (isLost || isAsking) {
    return;
  }
  since ||= Date.now();
  clearTimeout(waiting);
  waiting = setTimeout(keep, Math.min(AFTER, Math.max(0, since + AT_THE_LATEST - Date.now())));
}

/** Whether the server has answered. One at a time, and the newest counts: a slower one would bring back what was before. */
async function keep() {
  clearTimeout(waiting);
  if (!form.isConnected) {
    return false;
  }
  asked?.abort();
  const mine = (asked = new AbortController());
  const upTo = typed;
  since = 0;
  const patience = setTimeout(() => mine.abort(), PATIENCE);
  const answer = await send(mine.signal);
  clearTimeout(patience);
  if (mine !== asked) {
    return false;
  }
  if (answer === null || answer.status >= 500) {
    lose();
    return false;
  }
  if (answer.status === 400) {
    // Whose page it is, is not known any more: somebody signed in anew in this browser. It would not be taken if it were sent.
    say(said.dataset.elsewhere);
    return false;
  }
  if (answer.status === 401) {
    // The service was started anew and knows nobody. What was kept before comes back with its page; the rest is only here.
    isLost = false;
    say(said.dataset.unknown);
    return false;
  }
  if (answer.type === "opaqueredirect") {
    // Nobody is signed in any more. Where the time was over it was kept with this very request, and its page comes back after
    // signing in; where somebody signed out in another window, what was kept before that is on its page.
    location.assign("/sign-in");
    return false;
  }
  kept = upTo;
  find(answer.status === 204);
  if (typed > kept) {
    soon();
  }
  return true;
}

/** Codes that were scanned are never kept, so they are not sent; what is too long to go on when the page goes is sent while it is there. */
function send(signal) {
  const body = new URLSearchParams(new FormData(form));
  for (const one of form.elements) if ("scanned" in one.dataset) body.delete(one.name);
  body.set("page", page);
  const keepalive = body.toString().length <= OUTLIVES_ITS_PAGE;
  return fetch("/half-typed", { method: "POST", body, signal, keepalive, redirect: "manual" }).catch(() => null);
}

function lose() {
  isLost = true;
  say(said.dataset.lost);
  waiting = setTimeout(keep, again);
  again = Math.min(again * 2, AGAIN_AT_MOST);
}

function find(isKept) {
  if (!isKept) {
    say(said.dataset.refused);
  } else if (isLost) {
    say(said.dataset.back);
  } else if (said.textContent === said.dataset.refused) {
    say("");
  }
  isLost = false;
  again = AGAIN;
}

/** Read out once, however often it is tried. */
function say(words) {
  if (said.textContent !== words) {
    said.textContent = words;
  }
}

function keepAtOnce() {
  if (typed > kept && !isSent && !isAsking) {
    keep();
  }
}

form.addEventListener("input", () => {
  typed += 1;
  isSent = false;
  soon();
});
/**
 * Whatever form of the page is sent, as its language too: first what is typed is kept, then it goes. Where nobody answers
 * it does not go, as the browser's own page would take this one away.
 */
document.addEventListener("submit", sends, { capture: true });
async function sends(event) {
  const { target, submitter } = event;
  if ("drop" in target.dataset) {
    isSent = true;
  }
  if (isSent || (target !== form && typed <= kept)) {
    return;
  }
  if (submitter?.formTarget) {
    // Another window opens; this page stays, and the server takes it for sent.
    typed += 1;
    soon();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isAsking) {
    return;
  }
  isAsking = true;
  const isThere = await keep();
  isAsking = false;
  if (isThere) {
    isSent = true;
    target.requestSubmit(submitter);
  }
}

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepAtOnce());
addEventListener("pagehide", keepAtOnce);
// A link, or the page again, would lead to the browser's own page, and what is typed is nowhere else.
addEventListener("beforeunload", (event) => isLost && typed > kept && event.preventDefault());
addEventListener("online", () => isLost && !isAsking && keep());
addEventListener("pageshow", () => {
  isSent = false;
});
if (typed) {
  soon();
}
