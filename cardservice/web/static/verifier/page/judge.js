// From the texts that were read at once to one answer: of a card's two codes the identity code counts, a poster beside a
// card does not, and of two cards nobody can tell which one is meant.

import { Reason } from "../credential/errors.js";
import { Outcome, outcomeOf } from "../verify/verdict.js";
import { verify } from "../verify/verifier.js";
import { SEVERAL_CARDS } from "./answer.js";

const WORST_FIRST = [Outcome.NOT_VALID, Outcome.CANNOT_TELL, Outcome.VALID];
const MOST_TEXTS = 16;
const LONGEST = 6144; // characters (docs/card-format.md)

/** Return the lines of a text that was pasted or typed: each is a code, and Base45 has no line breaks. */
export function linesOf(text) {
  return [...new Set(text.split(/[\r\n]+/).filter(Boolean))].slice(0, MOST_TEXTS);
}

/** Return {verdict, and how to show it} for what was read, at `now` in seconds. */
export async function judge(texts, kit, now, service) {
  const verdicts = [];
  for (const text of texts.length ? texts : [""]) verdicts.push(await verify(text, kit, now, service));
  const cards = verdicts.filter((verdict) => verdict.reason !== Reason.NOT_A_CARD);
  const [first] = (cards.length ? cards : verdicts.slice(0, 1)).sort(
    (one, other) =>
      WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict) ||
      WORST_FIRST.indexOf(outcomeOf(one.asCard)) - WORST_FIRST.indexOf(outcomeOf(other.asCard)) ||
      Number(other.code === "identity") - Number(one.code === "identity"),
  );
  const numbers = new Set(cards.filter((verdict) => verdict.claims).map(({ claims }) => `${claims.issuer} ${claims.cardNumber}`));
  if (numbers.size > 1 && first.asCard === Reason.VALID) {
    return { verdict: first, reason: SEVERAL_CARDS, outcome: Outcome.CANNOT_TELL };
  }
  return { verdict: first, sentence: ofTheText(texts) };
}

function ofTheText(texts) {
  if (!texts.length || texts.every((text) => !text.trim())) return "empty";
  return texts.length === 1 && texts[0].length > LONGEST ? "too-long" : null;
}
