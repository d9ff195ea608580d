// Codes from a scanner that acts as a keyboard: what it sent, whatever layout this computer has, and wherever the focus is.
// Without this file a scanner works in the field that it is for, where the layout is the one it was made for.

import { hearAnywhere } from "./scan-anywhere.js";
import { hearFor } from "./verifier/page/keyboard-scanner.js";

const fields = [...document.querySelectorAll("[data-scanned]")];
const notHere = document.querySelector("[data-not-here]");
const kept = document.querySelector("[data-kept]");

const buttonOf = (field) => [...field.form.elements].find((one) => one.localName === "button");

/** What is known is put where it belongs, and sent where sending saves, signs and erases nothing. */
hearAnywhere((kind, text) => {
  const field = fields.find((one) => one.dataset.scanned.split(" ").includes(kind));
  notHere.hidden = Boolean(field);
  if (!field) return;
  field.value = text;
  if ("sends" in field.dataset) field.form.requestSubmit(buttonOf(field));
  else if (field.type === "hidden") kept.hidden = false;
  else buttonOf(field).focus();
});

for (const field of fields) {
  // Something else that was scanned with the focus here, half a code perhaps: Enter is the next key, and the answer says what it was.
  if (field.type !== "hidden") hearFor(field, () => buttonOf(field).focus());
}
