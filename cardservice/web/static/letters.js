// The letters on the screen for each name that is typed at the desk; without this file there is no button for them.

import { nameField } from "./letters/name-field.js";

for (const button of document.querySelectorAll("[data-letters-of]")) {
  const { lettersOf, languageIn } = button.dataset;
  nameField(document.getElementById(lettersOf), document.getElementById(languageIn), button, (name) => button.dataset[name]);
}
