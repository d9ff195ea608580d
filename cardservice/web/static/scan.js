// Fields for a scanner that acts as a keyboard: what it sent, whatever layout this computer has. Without this file a scanner
// works where the layout is the one it was made for.

import { hearFor } from "./verifier/page/keyboard-scanner.js";

for (const field of document.querySelectorAll("[data-scanned]")) {
  // The form is not sent yet: something else on it may still have to be ticked. Enter is the next key.
  hearFor(field, () => [...field.form.elements].find((one) => one.localName === "button").focus());
}
