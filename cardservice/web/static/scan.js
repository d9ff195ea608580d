// Codes from a scanner that acts as a keyboard: what it sent, whatever layout this computer has, and wherever the focus is.
// Without this file a scanner works in the field that it is for, where the layout is the one it was made for.
//
// Sixteen keys that no hands press so quickly, and that begin as one of our codes does, are a scanner's. What they did until
// then is undone, what follows never reaches the page, and its Enter presses nothing. Whatever hands type, an input method
// composes or another scanner sends begins otherwise or comes more slowly, and is left alone (docs/decisions/0090).
//
// The desk's camera is a scanner too, for who has no other: what it reads goes the same way (docs/decisions/0088).

import { characterOf, hearFor } from "./verifier/page/keyboard-scanner.js";

/** How a code begins: a form's by its name, a card's by Base45 of how a zlib stream begins, a slip's by being an address. */
const KINDS = { form: /^CARDFORM[0-9]{1,3}:/, card: /^(?:NC|6B|Y9|V7)F/, slip: /^HTTPS?:\/\//i };
const SEEN = { ...KINDS, visit: /^[0-9A-Z]{8}$/ }; // too short to be told from typing; a picture of it is not
const CERTAIN = 16; // keys
const A_RUN = 4; // keys after which no button is pressed by what comes as quickly
const LONGEST_MEAN = 50; // milliseconds a key
const LONGEST_GAP = 300; // milliseconds between two keys of one code, on a machine that is busy
const PAUSE = 400; // milliseconds after which a code without an end key is over
const MOST = 6144; // characters (docs/card-format.md)
const END_KEYS = ["Enter", "NumpadEnter", "Tab"];

/** Call `onCode(kind, text)` for each code of ours that is scanned on this page. */
function hearAnywhere(onCode) {
  let keys = [];
  let found = null;
  let timer = null;

  function forget() {
    clearTimeout(timer);
    [keys, found] = [[], null];
  }

  function end() {
    const [kind, text] = [found?.kind, found && keys.map((key) => key[found.as]).join("")];
    forget();
    if (kind) onCode(kind, text);
  }

  function onKey(event) {
    if (event.repeat || event.ctrlKey || event.metaKey) return;
    if (keys.length && event.timeStamp - keys.at(-1).time > LONGEST_GAP) forget();
    if (END_KEYS.includes(event.code)) {
      if (found) swallow(event);
      else if (isRun(keys, A_RUN) && !isTypedIn(event.target)) event.preventDefault();
      end();
      return;
    }
    const sent = characterOf(event);
    if (sent === null) return; // Shift, AltGr and their like
    keys.push({ sent, shown: event.key.length === 1 ? event.key : "", time: event.timeStamp, before: stateOf(event.target) });
    clearTimeout(timer);
    timer = setTimeout(end, PAUSE);
    if (!found && keys.length > CERTAIN) keys.shift();
    if (!found && isRun(keys, CERTAIN)) begin(event);
    if (found) {
      keys.at(-1).before = null;
      swallow(event);
      if (keys.length > MOST) forget();
    } else if (isRun(keys, A_RUN) && !isTypedIn(event.target)) event.preventDefault();
  }

  /** Take the last keys for a code's first, if they are, and have the page be as it was before them. */
  function begin(event) {
    found = kindOf(keys);
    if (!found) return;
    if (event.isComposing || event.key === "Process") event.target.blur(); // what was composed is typed now, and undone
    for (const key of keys.toReversed()) undo(key.before);
    keys[0].before.element.focus({ preventScroll: true });
    for (const key of keys) key.before = null;
  }

  document.addEventListener("keydown", onKey, true);
}

function kindOf(keys) {
  // A scanner that was set to the layout of the system has typed what is shown, and other keys.
  for (const as of ["sent", "shown"]) {
    const kind = kindNamed(keys.map((key) => key[as]).join(""));
    if (kind) return { kind, as };
  }
  return null;
}

function kindNamed(text, kinds = KINDS) {
  return Object.keys(kinds).find((name) => kinds[name].test(text));
}

/** Whether the last keys, this many, came more quickly than hands press them. */
function isRun(keys, count) {
  return keys.length >= count && keys.at(-1).time - keys.at(-count).time <= LONGEST_MEAN * count;
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** What a key can change. Some fields, of numbers say, do not tell where their cursor is. */
function stateOf(element) {
  const { value, checked, selectionStart, selectionEnd } = element;
  return { element, value, checked, selectionStart, selectionEnd };
}

function undo({ element, value, checked, selectionStart, selectionEnd }) {
  if (element.value === value && element.checked === checked) return;
  if (element.type !== "file") [element.value, element.checked] = [value, checked];
  if (typeof selectionStart === "number") element.setSelectionRange(selectionStart, selectionEnd);
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

function isTypedIn(element) {
  return element.matches("textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=file])");
}

const fields = [...document.querySelectorAll("[data-scanned]")];
const notHere = document.querySelector("[data-not-here]");
const kept = document.querySelector("[data-kept]");

const buttonOf = (field) => [...field.form.elements].find((one) => one.localName === "button");
const fieldFor = (kind) => fields.find((one) => one.dataset.scanned.split(" ").includes(kind));

/** What is known is put where it belongs, and sent where sending saves, signs and erases nothing. */
function give(field, text) {
  notHere.hidden = Boolean(field);
  if (!field) return;
  field.value = text;
  if ("sends" in field.dataset) field.form.requestSubmit(buttonOf(field));
  else if (field.type === "hidden") kept.hidden = false;
  else buttonOf(field).focus();
}

hearAnywhere((kind, text) => give(fieldFor(kind), text));

for (const field of fields) {
  // Something else that was scanned with the focus here, half a code perhaps: Enter is the next key, and the answer says what it was.
  if (field.type !== "hidden") hearFor(field, () => buttonOf(field).focus());
}

// A browser may pass over `autofocus` where a page comes while keys are pressed: what was read has the focus all the same.
if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus({ preventScroll: true });

const reader = document.querySelector("[data-reader]");
const begin = reader?.querySelector("[data-begin]");
const fieldOf = (text) => fieldFor(kindNamed(text, SEEN));
let loading = null;

/** The camera's part, which nobody waits for who has a scanner. */
async function openCamera() {
  try {
    loading ??= import("./camera-scan.js").then(({ CameraScan }) => new CameraScan(reader, fieldOf, give));
    await (await loading).open();
  } catch (error) {
    loading = null;
    reader.querySelector("[data-said]").textContent = `${reader.dataset.missing} ${reader.dataset.instead}`;
    reportError(error);
  }
}

if (begin && navigator.mediaDevices?.getUserMedia) {
  begin.dataset.ready = "";
  begin.addEventListener("click", openCamera);
}
