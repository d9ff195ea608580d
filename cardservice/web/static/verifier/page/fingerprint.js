// An anchor's fingerprint as people compare it: twelve words of a list of 2,048, eleven bits each (BIP-39 word lists,
// docs/decisions/0048), and its hexadecimal digits in groups.

const BITS = 11;
const COUNT = 12;

/** Return the words for 64 hexadecimal digits, out of a list of 2,048. */
export function wordsFor(fingerprint, list) {
  const bits = Array.from(fingerprint, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
  return Array.from({ length: COUNT }, (_, place) => list[Number.parseInt(bits.slice(BITS * place, BITS * (place + 1)), 2)]);
}

/** Return the kit's list of words in this language, else in English, as `{ language, words }`; null where it has none. */
export async function wordList(language) {
  return (await load(language)) ?? (await load("en"));
}

/** Show a key: its words out of this list, and its digits. */
export function showKey(place, key, list) {
  const digits = document.createElement("p");
  digits.className = "digits";
  digits.dir = "ltr";
  digits.textContent = key.fingerprint.match(/.{4}/g).join(" ");
  const words = document.createElement("ol");
  words.className = "words";
  words.dir = list?.language === "ar" ? "rtl" : "ltr";
  words.lang = list?.language ?? "en";
  for (const word of list ? wordsFor(key.fingerprint, list.words) : []) {
    const item = document.createElement("li");
    item.textContent = word;
    words.append(item);
  }
  place.replaceChildren(...(list ? [words] : []), digits);
}

async function load(language) {
  try {
    const answer = await fetch(new URL(`../words/${language}.json`, import.meta.url));
    return answer.ok ? { language, words: await answer.json() } : null;
  } catch {
    return null;
  }
}
