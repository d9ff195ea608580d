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
    this.#before.textContent = value.slice(0, selectionStart);
    this.#after.textContent = value.slice(selectionStart);
    this.element.classList.toggle("letters__line--seen", selectionStart < value.length);
  }

  hide() {
    this.element.classList.remove("letters__line--seen");
  }
}
