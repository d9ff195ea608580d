// The switch of the language takes along what is typed on this page, which stands there again in the other language. It
// goes with the request and is kept nowhere. Without this file the page begins anew.

const typed = document.querySelector("form[data-typed]");
const languages = document.querySelector("form.languages");

languages?.addEventListener("formdata", ({ formData }) => {
  if (!typed?.isConnected) {
    return;
  }
  formData.set("speak", formData.get("language"));
  formData.delete("language");
  formData.set("back", new URL(typed.action).pathname);
  for (const [name, value] of new FormData(typed)) {
    if (!formData.has(name)) {
      formData.append(name, value);
    }
  }
});
