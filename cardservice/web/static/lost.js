// Whoever scanned a slip comes with its code after the # of the address: it goes into the field, and out of the address
// and the history. Nothing is sent before somebody presses the button. Without this file the code is typed.

const field = document.querySelector("[data-lost] [name=code]");
const code = decodeURIComponent(location.hash.slice(1));
if (field && code) {
  if (!field.value) {
    field.value = code;
  }
  history.replaceState(null, "", location.pathname);
}
