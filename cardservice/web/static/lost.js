// Whoever scanned a slip comes with its code after the # of the address: it goes into the field, and out of the address
// and the history. Nothing is sent before somebody presses the button. Without this file the code is typed.

const field = document.querySelector("[data-lost] [name=code]");

function take() {
  const code = location.hash.slice(1);
  if (/^[0-9A-Za-z-]{20,40}$/.test(code)) {
    field.value = code.replaceAll("-", "").match(/.{1,4}/g).join("-");
    history.replaceState(null, "", location.pathname);
  }
}

// The code stands on two lines so that it can be compared; it is one line to whoever has typed it.
field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    field.form.requestSubmit();
  }
});

take();
addEventListener("hashchange", take);
