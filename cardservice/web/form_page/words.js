// What the page says, in one of its languages, and how dates are written in it. Nothing is remembered: a page that is opened
// again asks the browser again.

const TABLES = JSON.parse(document.querySelector("#words").textContent);
const FALLBACK = "en";

/** The first of the browser's languages that the page speaks. */
export function browsersLanguage() {
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((language) => language in TABLES) ?? FALLBACK;
}

/** One language's words. */
export class Words {
  constructor(language) {
    this.language = language;
    Object.assign(this, TABLES[language]);
  }

  /** Return the words of a name, with the character put in that a problem is about. */
  get(name, character = "") {
    return this.said[name].replace("%(character)s", character);
  }

  /** What a language (ISO 639-3) is called. */
  nameOf(code) {
    return this.names.find(([known]) => known === code)[1];
  }

  /** "YYYYMMDD" as people write it, without what is not known. */
  date(digits) {
    const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
    const time = new Date(0);
    time.setUTCFullYear(year, (month || 1) - 1, day || 1);
    const shape = { year: "numeric", ...(month && { month: "long" }), ...(day && { day: "numeric" }) };
    // As the desk writes it, to be compared: an American order would be taken for another day elsewhere.
    const locale = this.language === "en" ? "en-GB" : this.language;
    return new Intl.DateTimeFormat(locale, { ...shape, calendar: "gregory", timeZone: "UTC" }).format(time);
  }

  /** Write every word that the markup names, and the languages to choose from; what was chosen stays chosen. */
  write() {
    document.documentElement.lang = this.language;
    document.documentElement.dir = this.direction;
    document.title = `${this.get("title")} – ${this.town}`;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.get(element.dataset.word);
    for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", this.get(element.dataset.label));
    for (const element of document.querySelectorAll("[data-town]")) element.textContent = this.town;
    for (const list of document.querySelectorAll("select")) {
      const chosen = list.value;
      const first = new Option(this.get(list.dataset.first), "");
      list.replaceChildren(first, ...this.names.map(([code, name]) => new Option(name, code)));
      list.value = chosen;
    }
  }
}
