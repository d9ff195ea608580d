// The answer on the page: colour, shape, one word, one sentence, and for a good identity code what to compare with the
// person. It clears itself; nothing of it stays.
//
// Whatever a card says goes in as text, never as markup, each in an isolate of its own direction.

import { Reason } from "../credential/errors.js";
import { Outcome, isoDate } from "../verify/verdict.js";
import { shown } from "./words.js";

/** Milliseconds after which an answer is gone. */
export const CLEARS_AFTER = 15000;

/** More than one card was in a picture: said on the page only, where nobody can tell which one is meant. */
export const SEVERAL_CARDS = "several-cards";

const NOT_ABOUT_A_CARD = [Reason.NOT_A_CARD, Reason.MALFORMED];
const WEBP = [[0x52, 0x49, 0x46, 0x46], [0x57, 0x45, 0x42, 0x50]]; // RIFF at 0, WEBP at 8

/** What an answer looks like: good, old (good on an old list), bad, unsure, none (nothing that could be a card) or sample. */
export function toneOf(verdict) {
  if (verdict.reason === Reason.SAMPLE) return "sample";
  if (NOT_ABOUT_A_CARD.includes(verdict.reason)) return "none";
  if (verdict.verdict === Outcome.CANNOT_TELL) return "unsure";
  if (verdict.verdict === Outcome.NOT_VALID) return "bad";
  return verdict.fresh ? "good" : "old";
}

/** The place on the page where answers are shown. */
export class Answer {
  constructor(section, { onClear }) {
    Object.assign(this, { section, onClear, timer: null, picture: null });
    this.part("#next").addEventListener("click", () => this.clear());
  }

  part(selector) {
    return this.section.querySelector(selector);
  }

  get isShown() {
    return !this.section.hidden;
  }

  /** Show a verdict. `sentence` says which words fit it if not the reason's own; `sample` marks it as no card. */
  show(verdict, words, { sentence = null, sample = false, reason = verdict.reason, outcome = verdict.verdict } = {}) {
    this.clear({ quietly: true });
    const tone = reason === SEVERAL_CARDS ? "unsure" : toneOf(verdict);
    this.part(".shape use").setAttribute("href", `#${tone}`);
    this.part(".word").textContent = words.get(`word.${reason}`);
    const would = verdict.wouldBe === null ? {} : { answer: words.get(`word.${verdict.wouldBe}`) };
    this.part(".sentence").textContent = words.get(`sentence.${sentence ?? sentenceOf(verdict, reason)}`, would);
    this.part(".age").textContent = ageOf(verdict, words);
    this.part(".sample").hidden = !sample;
    this.sayRecognised(verdict, words);
    if (verdict.claims !== null && reason !== SEVERAL_CARDS) this.tell(verdict, words);
    Object.assign(this.section.dataset, { tone, verdict: outcome, reason, ...(sample && { sample: "yes" }) });
    this.section.style.setProperty("--clears-in", `${CLEARS_AFTER}ms`);
    this.section.hidden = false;
    this.section.scrollIntoView({ block: "start" });
    this.timer = setTimeout(() => this.clear(), CLEARS_AFTER);
    return tone;
  }

  /** Take the answer off the page, with everything that stood in it. */
  clear({ quietly = false } = {}) {
    clearTimeout(this.timer);
    this.section.hidden = true;
    for (const key of ["tone", "verdict", "reason", "sample"]) delete this.section.dataset[key];
    for (const selector of [".word", ".sentence", ".age", ".recognised"]) this.part(selector).textContent = "";
    this.part(".facts").replaceChildren();
    for (const selector of [".holder", ".portrait", ".no-picture", ".recognised", ".sample"]) this.part(selector).hidden = true;
    this.part(".portrait").removeAttribute("src");
    if (this.picture) URL.revokeObjectURL(this.picture);
    this.picture = null;
    if (!quietly) this.onClear();
  }

  sayRecognised(verdict, words) {
    const foreign = verdict.issuer?.recognisedFor.length > 0;
    this.part(".recognised").hidden = !foreign;
    if (foreign) this.part(".recognised").textContent = words.get("recognisedFor", { services: words.services(verdict.issuer.recognisedFor) });
  }

  /** Show what the card says, as much as this answer needs. */
  tell(verdict, words) {
    const said = verdict.asObject();
    const valid = verdict.asCard === Reason.VALID;
    const facts = [["issuer", words.issuer(verdict.issuer)]];
    if (valid && verdict.code === "identity") {
      facts.unshift(["name", said.name, said.language], ["nameSecond", said.name_second, said.language_second]);
      facts.push(["birthDate", said.birth_date && words.date(said.birth_date)]);
      facts.push(["until", words.date(lastDay(verdict))]);
      this.showPortrait(verdict.claims.portrait, words);
    } else if (verdict.asCard === Reason.EXPIRED) {
      facts.push(["until-expired", words.date(lastDay(verdict))]);
    }
    this.part(".facts").replaceChildren(...facts.filter(([, value]) => value).flatMap((fact) => pair(words, ...fact)));
    this.part(".holder").hidden = false;
  }

  showPortrait(bytes, words) {
    if (bytes === null) return;
    const image = this.part(".portrait");
    this.part(".no-picture").hidden = isWebp(bytes);
    image.hidden = !isWebp(bytes);
    if (image.hidden) return;
    this.picture = URL.createObjectURL(new Blob([bytes], { type: "image/webp" }));
    image.alt = words.get("portrait");
    image.onerror = () => {
      image.hidden = true;
      this.part(".no-picture").hidden = false;
    };
    image.src = this.picture;
  }
}

function sentenceOf(verdict, reason) {
  if (reason !== Reason.VALID) return reason;
  if (verdict.code === "residence") return "valid-residence";
  return verdict.claims.portrait === null ? "valid-without-portrait" : "valid";
}

function ageOf(verdict, words) {
  if (verdict.statusListAge === null) return words.get("noList");
  if (verdict.fresh || verdict.statusIssuedAt === null) return words.listAge(verdict.statusListAge);
  return words.get("onListOf", { day: words.day(verdict.statusIssuedAt) });
}

/** The last day on which the card is valid, as it is printed. */
function lastDay(verdict) {
  return isoDate(verdict.claims.expiresAt - 1);
}

function pair(words, key, value, language = null) {
  const [term, description, isolate] = ["dt", "dd", "bdi"].map((name) => document.createElement(name));
  term.textContent = words.get(`facts.${key}`);
  isolate.textContent = shown(value);
  if (/^[a-z]{2,3}$/.test(language ?? "")) [isolate.lang] = Intl.getCanonicalLocales(language); // "ara" is "ar" in a page
  description.append(isolate);
  if (key === "name" || key === "nameSecond") description.className = "name";
  return [term, description];
}

function isWebp(bytes) {
  return WEBP.every((mark, place) => mark.every((byte, offset) => bytes[8 * place + offset] === byte));
}
