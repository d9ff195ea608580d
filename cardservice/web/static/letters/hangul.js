// Korean letters become syllables as they are typed: Unicode 16.0, 3.12. A consonant closes the syllable before it, and opens
// the next one when a vowel follows.

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const FINALS = ["", ..."ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"];
const PAIRS = {
  ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ",
}; // prettier-ignore
const FIRST = 0xac00;
const COUNT = 11172;

/** Return what a character and the letter typed after it are together. */
export function join(before, letter) {
  const [initial, vowel, final] = taken(before);
  if (VOWELS.includes(letter)) {
    if (final) return opened(initial, vowel, final, letter) ?? before + letter;
    return initial && !vowel ? syllable(initial, letter) : before + letter;
  }
  if (!vowel || !INITIALS.includes(letter)) return before + letter;
  const closing = final ? Object.keys(PAIRS).find((pair) => PAIRS[pair] === final + letter) : letter;
  return FINALS.includes(closing) ? syllable(initial, vowel, closing) : before + letter;
}

/** The consonant at the end of a syllable begins the next one. */
function opened(initial, vowel, final, letter) {
  const [stays, goes] = PAIRS[final] ?? ["", final];
  return INITIALS.includes(goes) ? syllable(initial, vowel, stays) + syllable(goes, letter) : null;
}

function taken(character) {
  if (character && INITIALS.includes(character)) return [character, "", ""];
  const number = character.length === 1 ? character.charCodeAt(0) - FIRST : -1;
  if (!(number >= 0 && number < COUNT)) return ["", "", ""];
  return [INITIALS[Math.floor(number / 588)], VOWELS[Math.floor((number % 588) / 28)], FINALS[number % 28]];
}

function syllable(initial, vowel, final = "") {
  const number = (INITIALS.indexOf(initial) * 21 + VOWELS.indexOf(vowel)) * 28 + FINALS.indexOf(final);
  return String.fromCharCode(FIRST + number);
}
