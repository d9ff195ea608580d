// USB and Bluetooth scanners that act as keyboards: what they send, whatever layout the operating system has.
//
// Such a scanner presses the keys of a US keyboard. On a French keyboard 22 of the 45 characters of Base45 come out as
// others. `KeyboardEvent.code` names the key that was pressed, so what was sent is read from there
// (docs/decisions/0053-scanners-that-type.md). Hands are told from scanners by their speed. The verifier and the desk use
// this module.

import { ALPHABET } from "../credential/base45.js";

const SHORTEST = 16; // characters; what is shorter is no code, so hands typing fast are left alone
const LONGEST_GAP = 300; // milliseconds between two keys of one code, on a machine that is busy
const LONGEST_MEAN = 50; // milliseconds a key, over all keys: no hands type sixteen keys like that
const PAUSE = 400; // milliseconds after which a code without an end key is over
const MOST = 6144; // characters (docs/card-format.md)

const SHIFTED_DIGITS = ")!@#$%^&*(";
const OTHERS = {
  Minus: "-_", Equal: "=+", Period: ".>", Slash: "/?", Semicolon: ";:", Comma: ",<", Quote: "'\"", Space: "  ",
  NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
}; // prettier-ignore

/** Return the character that a US keyboard gives for a key, capital letters always, or null for other keys. */
export function characterOf(event) {
  const { code, shiftKey } = event;
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) return letter[1]; // Base45 has no small ones, and a Caps Lock changes nothing
  const digit = /^(Digit|Numpad)([0-9])$/.exec(code);
  if (digit) return shiftKey && digit[1] === "Digit" ? SHIFTED_DIGITS[digit[2]] : digit[2];
  return OTHERS[code]?.[shiftKey ? 1 : 0] ?? null;
}

/**
 * Hear every scanner that types on this page. `onCode(text, event)` is called with what was sent when a code is over;
 * `event` is the last key's, whose target is where the focus was. Returns what stops the hearing.
 */
export function hear(onCode, { within = document } = {}) {
  const burst = new Burst();
  let timer = null;

  function end(event) {
    clearTimeout(timer);
    const codes = burst.take();
    if (codes === null) return false;
    onCode(codes, event);
    return true;
  }

  function onKey(event) {
    if (event.repeat || event.ctrlKey || event.metaKey) return;
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
      if (end(event)) event.preventDefault(); // the scanner's end key is not an Enter of the page
      return;
    }
    const character = characterOf(event);
    if (character === null) return; // Shift, AltGr and their like
    burst.add(character, typedBy(event), event.timeStamp);
    // A blank in a code must not press the button that has the focus.
    if (burst.isLong && !isField(event.target)) event.preventDefault();
    clearTimeout(timer);
    timer = setTimeout(end, PAUSE, event);
  }

  within.addEventListener("keydown", onKey, true);
  return () => {
    clearTimeout(timer);
    within.removeEventListener("keydown", onKey, true);
  };
}

/**
 * Hear scanners for one text field: what the layout made of the code is replaced by what was sent, and `onCode(text)` is
 * called. What stood in the field before is gone: a code is the whole of it.
 */
export function hearFor(field, onCode) {
  return hear(
    (text) => {
      field.value = text;
      onCode(text);
    },
    { within: field },
  );
}

/** Keys that came quickly one after the other. */
class Burst {
  constructor() {
    this.clear();
  }

  clear() {
    [this.sent, this.shown, this.first, this.last] = [[], [], 0, -Infinity];
  }

  get isLong() {
    return this.sent.length >= SHORTEST / 4;
  }

  add(sent, shown, time) {
    if (time - this.last > LONGEST_GAP || this.sent.length >= MOST) this.clear();
    if (!this.sent.length) this.first = time;
    this.sent.push(sent);
    this.shown.push(shown);
    this.last = time;
  }

  /** Return the code that was sent, or null where hands typed. */
  take() {
    const [sent, shown, mean] = [this.sent.join(""), this.shown.join(""), (this.last - this.first) / this.sent.length];
    this.clear();
    if (sent.length < SHORTEST || mean > LONGEST_MEAN) return null;
    // A scanner that was set to the layout of the system has typed what is shown.
    return !isBase45(sent) && isBase45(shown) ? shown : sent;
  }
}

function isBase45(text) {
  return [...text].every((character) => ALPHABET.includes(character));
}

function typedBy(event) {
  return event.key.length === 1 ? event.key : "";
}

function isField(element) {
  return element.matches?.("input, textarea, select, [contenteditable]") ?? false;
}
