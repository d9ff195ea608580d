// A field that has not the focus shows no caret: whoever walks over the keys reads here what was typed, and sees in it where
// the next letter goes. Screen readers say it as it changes.

export class CaretLine {
  element = document.createElement("p");
  #before = document.createElement("span");
  #after = document.createElement("span");

  constructor() {
    this.element.className = "letters__line";
    this.element.setAttribute("role", "status");
    this.element.dir = "auto";
    const caret = document.createElement("span");
    caret.className = "letters__caret";
    this.element.append(this.#before, caret, this.#after);
  }

  /** At the end of a name it need not be seen. */
  show({ value, selectionStart, lang }) {
    this.element.lang = lang;
    write(this.#before, value.slice(0, selectionStart));
    write(this.#after, value.slice(selectionStart));
    this.element.classList.toggle("letters__line--seen", selectionStart < value.length);
  }

  /** What is not seen is not there either: a name that was erased would be read out of it. */
  hide() {
    write(this.#before, "");
    write(this.#after, "");
    this.element.classList.remove("letters__line--seen");
  }
}

/** What is written again, though it is the same, would be said again. */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
