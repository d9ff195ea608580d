// A field for a name, the choice of its language and the button that shows its letters: the three belong together, so that an
// Arabic name begins at the right before its first letter is typed.

import { ALPHABETS } from "./alphabets.js";
import { Keyboard } from "./keyboard.js";

const open = new Set();

/** Tie the three together; `words` gives the keyboard's words by name. Returned: how to close it, and to write it anew. */
export function nameField(field, choice, button, words) {
  const hide = () => {
    const hadTheFocus = keyboard.panel.contains(document.activeElement);
    keyboard.close();
    open.delete(hide);
    button.setAttribute("aria-expanded", "false");
    field.removeAttribute("inputmode");
    if (hadTheFocus) field.focus();
  };
  const keyboard = new Keyboard(field, words, hide);
  const show = (byKeys) => {
    for (const other of open) other();
    open.add(hide);
    button.setAttribute("aria-expanded", "true");
    // A telephone's own keyboard would lie upon this one.
    field.inputMode = "none";
    keyboard.open({ withFocus: byKeys });
  };
  const turn = () => {
    const alphabet = ALPHABETS[choice.value];
    field.dir = alphabet && !/\p{L}/u.test(field.value) ? alphabet.dir : "auto";
    alphabet ? (field.lang = alphabet.lang) : field.removeAttribute("lang");
    keyboard.language = choice.value;
  };

  button.setAttribute("aria-expanded", "false");
  button.dataset.ready = "";
  button.addEventListener("click", ({ detail }) => (keyboard.isOpen ? hide() : show(detail === 0)));
  field.addEventListener("keydown", (event) => event.key === "Escape" && keyboard.isOpen && hide());
  field.addEventListener("input", turn);
  choice.addEventListener("change", turn);
  turn();
  return {
    close: hide,
    rewrite() {
      turn();
      keyboard.write();
    },
  };
}
