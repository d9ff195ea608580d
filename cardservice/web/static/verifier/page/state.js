// How old the lists are, as it stands on the page at all times: plain up to 48 hours, amber after that, red where the
// town's own limit is over and no answer can be given any more.

import { FRESH } from "../verify/verdict.js";

const CLOCK_TOLERANCE = 86400; // seconds that the clock may be behind
const CLOCK_FAR = 60 * 86400; // seconds ahead from which on a wrong clock is more likely than such old lists

/** The line about the lists, and the town's name. */
export class State {
  constructor(line, town) {
    Object.assign(this, { line, town });
  }

  show(kit, words, now = Date.now() / 1000) {
    delete this.line.dataset.tone;
    if (!kit) {
      this.line.textContent = words.get("noList");
      return;
    }
    const own = kit.trustList.issuers.find((issuer) => issuer.issuer === kit.trustList.publisher);
    this.town.textContent = own ? words.issuer(own) : "";
    const lists = kit.ownLists;
    const issued = issuedAt(kit, lists);
    const day = words.day(issued);
    const age = now - issued;
    const over = !lists.length || lists.some((list) => now >= list.expiresAt);
    const [tone, sentence] = over ? ["bad", "notice.too-old"] : age > FRESH ? ["old", "notice.old"] : [null, null];
    if (tone) this.line.dataset.tone = tone;
    const said = [sentence ? words.get(sentence, { day }) : words.listAge(age)];
    if (age < -CLOCK_TOLERANCE || age > CLOCK_FAR) said.push(words.get("notice.clock"));
    if (age < -CLOCK_TOLERANCE) this.line.dataset.tone = "bad";
    this.line.textContent = said.join(" ");
  }

  /** Whether there are no lists, or none new enough to be said nothing of. */
  isOld(kit, now = Date.now() / 1000) {
    return !kit || now - issuedAt(kit, kit.ownLists) > FRESH;
  }

  /** The day of the town's own lists. */
  day(kit, words) {
    if (!kit) return "";
    return words.day(issuedAt(kit, kit.ownLists));
  }
}

/** When the oldest of the town's own lists was signed. */
function issuedAt(kit, lists) {
  return lists.length ? Math.min(...lists.map((list) => list.issuedAt)) : kit.trustList.issuedAt;
}
