// What a partner may set on this device: language, what cards are shown for, sound, vibration, and a count.

import * as store from "./store.js";

const SERVICES = ["library", "pool", "clinic", "school-meals", "sports", "museum", "council"];
const SWITCHES = { sound: "sound", vibration: "vibration", count: "counting" }; // setting to element

const element = (id) => document.getElementById(id);

/** The form; `onLanguage` is called after the language was changed, `onCount` after whether to count was. */
export class SettingsForm {
  constructor(words, { onLanguage, onCount }) {
    this.words = words;
    this.services = SERVICES;
    this.write(words);
    for (const [name, id] of Object.entries(SWITCHES)) {
      element(id).addEventListener("change", () => {
        store.set({ [name]: element(id).checked });
        if (name === "count") onCount();
      });
    }
    element("language").addEventListener("change", () => {
      store.set({ language: element("language").value || null });
      onLanguage();
    });
    element("service").addEventListener("change", () => store.set({ service: element("service").value || null }));
  }

  /** Offer every service that a city is recognised for, beside the usual ones. */
  offer(kit) {
    const named = kit?.trustList.issuers.flatMap((issuer) => issuer.recognisedFor) ?? [];
    const services = [...new Set([...SERVICES, ...named])];
    if (services.join() === this.services.join()) return;
    this.services = services;
    this.write(this.words);
  }

  write(words) {
    this.words = words;
    const settings = store.settings();
    const languages = Object.entries(words.languages).map(([code, { name }]) => option(code, name, code));
    element("language").replaceChildren(option("", words.get("likeDevice")), ...languages);
    element("language").value = settings.language ?? "";
    const services = this.services.map((name) => option(name, words.services([name])));
    element("service").replaceChildren(option("", words.get("anyPurpose")), ...services);
    element("service").value = settings.service ?? "";
    for (const [name, id] of Object.entries(SWITCHES)) element(id).checked = settings[name];
  }
}

function option(value, text, language = null) {
  const choice = new Option(text, value);
  if (language) choice.lang = language;
  return choice;
}
