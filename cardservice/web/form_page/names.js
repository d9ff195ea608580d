// What may stand on a card as a name, as cardservice/credential/personal.py has it: a form that is brought must not be refused.

const NAME_LIMIT = 128; // characters
// Angle brackets are refused in a form and not at the desk: nobody has read it yet (docs/prefill.md).
const REFUSED = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{So}\p{Zl}\p{Zp}\u{1F3FB}-\u{1F3FF}<>]/u;
const UNSEEN = /[\p{C}\p{Z}]/u;
// Letters and marks that nobody sees, and what chooses a form of the letter before it.
const NOT_SEEN = /[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/;
const SELECTORS = [
  [/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u, /(?![\ufa00-\ufaff])\p{Unified_Ideograph}/u],
  [/[\u180b-\u180d\u180f]/, /(?=\p{L})\p{sc=Mongolian}/u],
];
const MARKS = /^\p{M}{9}$/u; // one more than may be on a letter
const JOINERS = /[\u200c\u200d]/;
const JOINING = [
  "Adlm", "Arab", "Rohg", "Mand", "Mong", "Nkoo", "Syrc", "Beng", "Deva", "Gujr", "Guru", "Knda", "Mlym", "Mtei", "Newa",
  "Orya", "Sinh", "Sylo", "Taml", "Telu", "Bali", "Cakm", "Java", "Khmr", "Mymr", "Sund", "Tibt",
]; // prettier-ignore
const TAKES_JOINERS = new RegExp(`(?=[\\p{L}\\p{M}])[${JOINING.map((script) => `\\p{scx=${script}}`).join("")}]`, "u");

/** Return a name as it will be kept: NFC, single plain spaces, none at the ends. */
export function tidy(typed) {
  return typed.normalize("NFC").replace(/\p{Zs}+/gu, " ").replace(/^ | $/g, "");
}

/** Return what is wrong with a tidy name as {code, character}, or null. */
export function nameProblem(name) {
  const characters = [...name];
  if (!name) return { code: "blank" };
  if (characters.length > NAME_LIMIT) return { code: "too-long" };
  const wrong = characters.find((character, place) => !mayStand(characters, place, character));
  if (wrong) return { code: "bad-character", character: shown(wrong) };
  return /(?!\u0640)\p{L}/u.test(name) ? null : { code: "no-letter" };
}

function mayStand(characters, place, character) {
  for (const [selector, letters] of SELECTORS) if (selector.test(character)) return letters.test(characters[place - 1] ?? "");
  if (MARKS.test(characters.slice(Math.max(0, place - 8), place + 1).join(""))) return false;
  if (!JOINERS.test(character)) return !REFUSED.test(character) && !NOT_SEEN.test(character);
  return [place - 1, place + 1].every((beside) => TAKES_JOINERS.test(characters[beside] ?? ""));
}

function shown(character) {
  const number = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return UNSEEN.test(character) ? number : `${character} (${number})`;
}
