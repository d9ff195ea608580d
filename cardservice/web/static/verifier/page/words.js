// What the page says, in the device's language or the one that was chosen, and how dates and ages are written in it.

import { nameOf } from "../verify/verdict.js";

const UNITS = [["day", 86400], ["hour", 3600]];
// As cardverify shows them: what could control a terminal, or turn the direction of what stands beside it. Joiners are
// letters' business in some scripts.
const HARMFUL = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

// A kit that is not whole has no list of its languages.
const ONLY_ENGLISH = { en: { name: "English", direction: "ltr" } };

/** One language's words; `languages` is what each language of the kit calls itself and which way it is read. */
export class Words {
  constructor(language, table, languages) {
    Object.assign(this, { language, table, languages, direction: languages[language].direction });
    // Dates as the device's region writes them, where it is one of this language.
    this.region = navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;
  }

  /** Load the words of a language; of the device's where none is chosen, and English where there are none of that. */
  static async load(chosen = null) {
    const languages = await fetched("index").catch(() => ONLY_ENGLISH);
    const wanted = [chosen, ...navigator.languages, "en"].filter(Boolean).map((tag) => tag.slice(0, 2).toLowerCase());
    const language = wanted.find((tag) => tag in languages);
    try {
      return new Words(language, await fetched(language), languages);
    } catch (error) {
      if (language === "en") throw error;
      return new Words("en", await fetched("en"), languages); // a kit that is not whole: better English than nothing
    }
  }

  /** Return the words at a path such as `word.valid`, with {values} put in. */
  get(path, values = {}) {
    const words = path.split(".").reduce((table, key) => table?.[key], this.table) ?? path;
    return words.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  has(path) {
    return this.get(path) !== path;
  }

  /** The day of a time in seconds: its weekday within the last week, with the date always. */
  day(seconds) {
    return new Intl.DateTimeFormat(this.region, { weekday: "long", day: "numeric", month: "long", year: "numeric", calendar: "gregory" }).format(seconds * 1000);
  }

  /** How old a list is, in seconds. */
  listAge(seconds) {
    const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? [];
    if (!unit) return this.get("listNew");
    const age = new Intl.RelativeTimeFormat(this.region, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
    return this.get("listAge", { age });
  }

  /** A date in ISO 8601, of which day and month may be missing; another issuer's way to write one stays as it is. */
  date(iso) {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(iso) ?? [];
    const time = new Date(`${year}-${month ?? "01"}-${day ?? "01"}T12:00:00Z`);
    if (year === undefined || Number.isNaN(time.getTime())) return iso;
    const shape = { year: "numeric", ...(month && { month: "long" }), ...(day && { day: "numeric" }) };
    return new Intl.DateTimeFormat(this.region, { ...shape, calendar: "gregory", timeZone: "UTC" }).format(time);
  }

  /** The name of an issuer, in this language where it has one. */
  issuer(issuer) {
    return shown(nameOf(issuer, this.language));
  }

  services(names) {
    const known = names.map((name) => (this.has(`service.${name}`) ? this.get(`service.${name}`) : shown(name)));
    return known.length ? new Intl.ListFormat(this.language).format(known) : this.get("forAnything");
  }

  /** Write every word that the page's markup names. */
  write(root) {
    root.documentElement.lang = this.language;
    root.documentElement.dir = this.direction;
    root.title = this.get("title");
    for (const element of root.querySelectorAll("[data-word]")) element.textContent = this.get(element.dataset.word);
  }
}

/** A text out of a card or a list, as it may be shown: what could mislead is shown as a mark. */
export function shown(text) {
  return text.toWellFormed?.().replace(HARMFUL, "\ufffd") ?? text.replace(HARMFUL, "\ufffd");
}

async function fetched(name) {
  const answer = await fetch(new URL(`../languages/${name}.json`, import.meta.url));
  return answer.json();
}
