// The letters of a language on the screen, below the field of a name: for a name whose script this computer's keyboard has not.
// What there is for each language is CLDR's (alphabets.js); what a key does to the text stands in typing.js.

import { ALPHABETS } from "./alphabets.js";
import { CaretLine } from "./caret-line.js";
import { join } from "./hangul.js";
import { rove } from "./roving.js";
import { beginsAWord, erase, insert, move, together } from "./typing.js";

const HANGUL = "kor";
const NO_ALPHABET = "zho";
const JOINERS = { "\u200c": "apart", "\u200d": "joined" };
/** What a mark without a letter is shown on. */
const CIRCLE = "\u25cc";

export class Keyboard {
  #field;
  #words;
  #language = "";
  #closed;
  #panel = element("div", "letters");
  #forms = element("div", "letters__row letters__forms");
  #letters = element("div", "letters__row");
  #tools = element("div", "letters__row");
  #line = new CaretLine();
  #capitals = null;
  #more = null;
  #askedForCapitals = null;
  #ofConsonant = null;
  #settle;

  /** `words` gives the words of a name; `closed` is called when somebody closes the keyboard by a key of its own. */
  constructor(field, words, closed) {
    this.#field = field;
    this.#words = words;
    this.#closed = closed;
    this.#panel.hidden = true;
    this.#panel.setAttribute("role", "toolbar");
    this.#forms.setAttribute("role", "group");
    this.#panel.append(this.#line.element, this.#forms, this.#letters, this.#tools);
    this.#settle = rove(this.#panel);
    // A mouse and a finger leave the focus, and with it the caret, where they are.
    this.#panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#panel.addEventListener("mousedown", (event) => event.preventDefault());
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && closed());
    field.addEventListener("input", () => this.#followCaret());
    document.addEventListener("selectionchange", () => this.#followCaret());
    this.#panel.addEventListener("focusin", () => this.#followCaret());
    this.#panel.addEventListener("focusout", ({ relatedTarget }) => this.#panel.contains(relatedTarget) || this.#line.hide());
    field.after(this.#panel);
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  get panel() {
    return this.#panel;
  }

  set language(code) {
    if (code !== this.#language || !this.#tools.childElementCount) {
      this.#language = code;
      this.write();
    }
  }

  open({ withFocus }) {
    this.#panel.hidden = false;
    this.#settle();
    withFocus ? this.#panel.querySelector("[tabindex='0']").focus() : this.#field.focus();
    this.#followCaret();
  }

  close() {
    this.#panel.hidden = true;
    this.#line.hide();
  }

  get #alphabet() {
    return ALPHABETS[this.#language];
  }

  /** Write everything anew: for another language of names, or another one of the page. */
  write() {
    this.#panel.setAttribute("aria-label", this.#words("called"));
    const alphabet = this.#alphabet;
    this.#panel.dir = alphabet?.dir ?? "";
    this.#forms.hidden = !alphabet?.forms;
    this.#more = alphabet?.more ? this.#tool(this.#words("more"), () => this.#turn(), "more") : null;
    this.#capitals = alphabet?.cased ? this.#tool(this.#words("capitals"), () => this.#shift(), "capitals") : null;
    const has = Boolean(alphabet?.letters);
    this.#tools.replaceChildren(...[...(has ? this.#signs(alphabet) : []), this.#tool(this.#words("close"), this.#closed, "close")]);
    this.#show(false);
  }

  #signs(alphabet) {
    const rightwards = alphabet.dir === "rtl" ? "\u2190" : "\u2192";
    const leftwards = alphabet.dir === "rtl" ? "\u2192" : "\u2190";
    return [
      this.#capitals,
      this.#more,
      this.#tool(this.#words("space"), () => this.#type(" "), "space"),
      ...alphabet.signs.split(" ").map((sign) => this.#key(sign)),
      ...[...(alphabet.joiners ?? "")].map((joiner) => this.#tool(this.#words(JOINERS[joiner]), () => this.#type(joiner), JOINERS[joiner])),
      this.#tool(leftwards, () => move(this.#field, false), "back", this.#words("back")),
      this.#tool(rightwards, () => move(this.#field, true), "on", this.#words("on")),
      this.#tool(this.#words("erase"), () => erase(this.#field), "erase"),
    ].filter(Boolean);
  }

  /** Write the keys of a page: the letters of the language, or those that its names borrow. */
  #show(more) {
    const alphabet = this.#alphabet;
    const letters = whole((more ? alphabet?.more : alphabet?.letters) ?? "", alphabet?.forms ? "" : " ");
    this.#more?.setAttribute("aria-pressed", String(more));
    this.#letters.lang = this.#forms.lang = alphabet?.lang ?? "";
    this.#showForms(null);
    letters
      ? this.#letters.replaceChildren(...letters.split(" ").map((letter) => (alphabet.forms ? this.#consonant(letter) : this.#key(letter))))
      : this.#sayWhyNone();
    this.#followCaret();
    this.#settle();
  }

  /** The only key is the one that closes: whoever comes to it hears why. */
  #sayWhyNone() {
    const why = said(this.#language === NO_ALPHABET ? this.#words("none") : this.#words("choose"));
    why.id = `${this.#field.id}-letters-said`;
    this.#letters.replaceChildren(why);
    this.#tools.lastElementChild.setAttribute("aria-describedby", why.id);
  }

  #turn() {
    this.#show(this.#more.getAttribute("aria-pressed") !== "true");
  }

  /** An Ethiopic consonant has a form for each vowel: the consonant is chosen first. */
  #consonant(forms) {
    const first = String.fromCodePoint(forms.codePointAt(0));
    if (forms === first) return this.#key(first);
    const key = this.#button(first, (byKeys) => {
      this.#showForms(key, forms);
      if (byKeys) this.#forms.firstElementChild.focus();
    });
    key.setAttribute("aria-pressed", "false");
    return key;
  }

  #showForms(consonant, forms = "") {
    this.#ofConsonant?.setAttribute("aria-pressed", "false");
    consonant?.setAttribute("aria-pressed", "true");
    this.#ofConsonant = consonant;
    this.#forms.setAttribute("aria-label", consonant?.textContent ?? "");
    const form = (letter) =>
      this.#button(letter, (byKeys) => {
        this.#type(letter);
        if (byKeys) consonant.focus();
      });
    this.#forms.replaceChildren(...(forms ? [...forms].map(form) : [said(this.#words("forms"))]));
    // One of those that went may have been the stop of the Tab key.
    this.#settle();
  }

  #key(letter) {
    const key = this.#button(letter, () => this.#type(this.#cased(letter)));
    key.dataset.letter = letter;
    return key;
  }

  #tool(text, act, name, called = "") {
    const key = this.#button(text, act);
    key.classList.add("letters__tool");
    key.dataset.does = name;
    if (called) key.setAttribute("aria-label", called);
    return key;
  }

  #button(text, act) {
    const key = element("button", "letters__key");
    key.type = "button";
    key.tabIndex = -1;
    key.textContent = /^\p{M}/u.test(text) ? CIRCLE + text : text;
    key.addEventListener("click", ({ detail }) => {
      const byKeys = detail === 0;
      act(byKeys);
      if (!byKeys && this.isOpen) this.#field.focus({ preventScroll: true });
    });
    return key;
  }

  #type(text) {
    insert(this.#field, text, this.#language === HANGUL ? join : together);
    this.#askedForCapitals = null;
    this.#followCaret();
  }

  #shift() {
    this.#askedForCapitals = !this.#inCapitals;
    this.#followCaret();
  }

  get #inCapitals() {
    return Boolean(this.#capitals) && (this.#askedForCapitals ?? beginsAWord(this.#field));
  }

  #followCaret() {
    if (!this.isOpen) return;
    if (this.#panel.contains(document.activeElement)) this.#line.show(this.#field);
    if (this.#capitals) this.#showCapitals();
  }

  /** Keys show what they type: a capital where a word begins, unless it was asked for otherwise. */
  #showCapitals() {
    this.#capitals.setAttribute("aria-pressed", String(this.#inCapitals));
    for (const key of this.#letters.querySelectorAll("[data-letter]:not(.letters__tool)")) {
      const { letter } = key.dataset;
      if (!/^\p{M}/u.test(letter)) key.textContent = this.#cased(letter);
    }
  }

  #cased(letter) {
    if (!this.#inCapitals) return letter;
    const [first, ...rest] = letter;
    // In Greek, accents are taken off capitals, as is done for whole words; a name's first letter keeps its own.
    const capital = this.#alphabet.lang === "el" ? first.toUpperCase() : first.toLocaleUpperCase(this.#alphabet.lang);
    return [...capital].length === 1 ? capital + rest.join("") : letter;
  }
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function said(words) {
  const made = element("p", "letters__said");
  made.textContent = words;
  return made;
}

/** Letters that stand for all between them, a-d, one by one. */
function whole(letters, between) {
  return letters.replace(/(\S)-(\S)/gu, (_, from, to) => {
    const [first, last] = [from.codePointAt(0), to.codePointAt(0)];
    return Array.from({ length: last - first + 1 }, (_, place) => String.fromCodePoint(first + place)).join(between);
  });
}
