// The self-test: sample cards that the kit carries, checked with the samples' own lists at the samples' own time. Their
// keys belong to nobody and are in no town's list, so a sample is never valid anywhere but here.

import { Kit } from "../verify/kit.js";
import { verify } from "../verify/verifier.js";

const FOLDER = new URL("../samples/", import.meta.url);
const FILES = ["trust-list.cwt", "anchor.cose", "status/1.cwt", "status/2.cwt"];

/** The samples, their kit and the time at which they are checked. */
export class SelfTest {
  constructor(codes, kit, now) {
    Object.assign(this, { codes, kit, now });
  }

  static async load() {
    const { at, codes } = await (await get("samples.json")).json();
    const contents = await Promise.all(FILES.map(async (name) => new Uint8Array(await (await get(`kit/${name}`)).arrayBuffer())));
    const kit = await Kit.fromFiles(new Map(FILES.map((name, place) => [name, contents[place]])));
    return new SelfTest(codes, kit, Math.floor(Date.parse(at) / 1000));
  }

  /** Whether a text is one of the samples. Other texts under their keys are nobody's: the keys are public. */
  has(text) {
    return this.codes.some((sample) => sample.text === text);
  }

  /** Whether every sample gets the answer that it is for. */
  async passes() {
    for (const { text, verdict, reason } of this.codes) {
      const found = await verify(text, this.kit, this.now);
      if (found.verdict !== verdict || found.reason !== reason) return false;
    }
    return this.codes.length > 0;
  }

  /** Show the samples, each with its picture and a button that checks it. */
  show(list, words, check) {
    list.replaceChildren(...this.codes.map((sample) => item(sample, words, check)));
  }
}

function item({ name, text, picture }, words, check) {
  const [place, title, image, button] = ["li", "h3", "img", "button"].map((tag) => document.createElement(tag));
  title.textContent = words.has(`samples.${name}`) ? words.get(`samples.${name}`) : name;
  image.src = new URL(picture, FOLDER).href;
  image.alt = "";
  button.type = "button";
  button.textContent = words.get("check");
  button.setAttribute("aria-label", `${words.get("check")}: ${title.textContent}`);
  button.addEventListener("click", () => check([text]));
  place.append(title, image, button);
  return place;
}

async function get(name) {
  const answer = await fetch(new URL(name, FOLDER));
  if (!answer.ok) throw new Error(`the kit has no ${name}`);
  return answer;
}
