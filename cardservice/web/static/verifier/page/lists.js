// The lists of this verifier: fetched on a timer and never because of a card, checked against what is remembered, and
// replaced only where everything that is new is right (docs/decisions/0052-what-the-browser-keeps.md).

import { same } from "../credential/bytes.js";
import { PublicKey } from "../credential/keys.js";
import { ANCHOR_FILE, Kit, TRUST_LIST_FILE, anchorOf } from "../verify/kit.js";
import { KitMemory } from "../verify/memory.js";
import * as store from "./store.js";

const BASE = new URL("../", import.meta.url);
const CHECKSUMS = "SHA256SUMS";
const LARGEST = 16 * 1024 * 1024; // bytes of one file
const MOST_FILES = 1000;
const SIGNED = /^[0-9a-f]{64}  (trust-list\.cwt|anchor\.cose|status\/[A-Za-z0-9._-]{1,120}\.cwt)$/;

/** What may come of an update; each has its sentence on the page. */
export const Update = Object.freeze({
  NEW: "new",
  SAME: "same",
  OFFLINE: "offline",
  DAMAGED: "damaged",
  OLDER: "older",
  NEWER_FORMAT: "newer-format",
  OTHER_ANCHOR: "other-anchor",
  NO_SPACE: "no-space",
});

/** The lists in use, and what is remembered of lists that are not any more. */
export class Lists {
  /**
   * `files` is the kit in use, by name. `past` are status lists that the present kit has no more, so that nobody can bring
   * an older one of them back: a city's lists may be away for a while, and no card is judged by what is away.
   */
  constructor() {
    const nothing = { kit: null, memory: null, files: new Map(), past: new Map(), lineage: [] };
    Object.assign(this, { ...nothing, checkedAt: null, updating: null });
  }

  /** Take up what is kept on the device. */
  async load() {
    const kept = await store.load();
    if (!kept) return;
    try {
      const lineage = [];
      for (const key of kept.lineage) lineage.push(await PublicKey.fromCoordinates(key.algorithm, key.coordinates));
      const kit = await Kit.fromFiles(kept.files, pinned(lineage.at(-1)));
      if (kit.trustList) await this.use(kit, kept.files, kept.past, lineage);
    } catch {
      // What is kept cannot be read: the next update starts anew.
    }
  }

  /** Fetch the kit and use it if all of it is right. Returns one of `Update`; never two at a time. */
  update() {
    this.updating ??= this.fetchAndAccept().finally(() => {
      this.updating = null;
    });
    return this.updating;
  }

  async fetchAndAccept() {
    let files;
    try {
      files = await fetchKit();
    } catch (error) {
      return error instanceof Damaged ? Update.DAMAGED : Update.OFFLINE;
    }
    this.checkedAt = Date.now();
    return this.accept(files);
  }

  /** Use these files if all of them are right; where a status list is not, the one that is kept under its name stays. */
  async accept(files) {
    if (sameFiles(files, this.files)) return Update.SAME;
    const offered = new Map(files);
    let kit = await Kit.fromFiles(offered, this.memory);
    if (kit.trustList === null) return why(kit.problems[0]);
    const refused = kit.problems;
    for (const { file } of refused) {
      offered.delete(file);
      if (this.files.has(file)) offered.set(file, this.files.get(file));
    }
    if (refused.length) kit = await Kit.fromFiles(offered, this.memory);
    for (const { file } of kit.problems) offered.delete(file);
    const lineage = this.memory === null ? [kit.anchor] : this.memory.followedBy(kit.anchor, kit.trustList, kit.statusLists).lineage;
    await this.use(kit, offered, this.noMoreIn(kit), lineage);
    const saved = await this.save();
    if (refused.length) return why(refused[0]);
    return saved ? Update.NEW : Update.NO_SPACE;
  }

  /** Forget the anchor that is pinned and everything under it: what a partner does after comparing a new one. */
  async pinAnew() {
    Object.assign(this, { kit: null, memory: null, files: new Map(), past: new Map(), lineage: [] });
    await store.forget().catch(() => {});
    return this.update();
  }

  /** The anchor that is offered now: what to compare when it is not the pinned one. */
  async offeredAnchor() {
    return anchorOf(await fetchKit());
  }

  async use(kit, files, past, lineage) {
    const everything = past.size ? await Kit.fromFiles(new Map([...past, ...files]), pinned(lineage.at(-1))) : kit;
    Object.assign(this, { kit, files, past, lineage, memory: new KitMemory(lineage, kit.trustList, everything.statusLists) });
  }

  /** The status lists known so far that a newer kit has no more. */
  noMoreIn(kit) {
    const past = new Map();
    for (const [place, name] of this.kit?.sources ?? []) past.set(pastName(place), this.files.get(name));
    for (const [name, content] of this.past) if (!past.has(name)) past.set(name, content);
    for (const place of kit.statusLists.keys()) past.delete(pastName(place));
    return past;
  }

  async save() {
    const lineage = this.lineage.map(({ algorithm, coordinates }) => ({ algorithm, coordinates }));
    try {
      await store.save({ files: this.files, past: this.past, lineage });
      return true;
    } catch {
      return false;
    }
  }
}

function pastName(place) {
  return `status/past ${place}`;
}

class Damaged extends Error {}

function why(problem) {
  if (problem.unknownAnchor) return Update.OTHER_ANCHOR;
  if (problem.newerFormat) return Update.NEWER_FORMAT;
  return problem.rolledBack ? Update.OLDER : Update.DAMAGED;
}

/** A memory of nothing but an anchor. */
function pinned(anchor) {
  return { anchors: [anchor], checkTrustList() {}, checkStatusList() {} };
}

/** Return the signed files that the kit's list of checksums names. Throws Damaged, or TypeError without a network. */
async function fetchKit() {
  const checksums = new TextDecoder().decode(await get(CHECKSUMS));
  const names = checksums.split("\n").map((line) => SIGNED.exec(line)?.[1]).filter(Boolean);
  if (!names.includes(TRUST_LIST_FILE) || !names.includes(ANCHOR_FILE) || names.length > MOST_FILES) throw new Damaged();
  const contents = await Promise.all(names.map(get));
  return new Map(names.map((name, place) => [name, contents[place]]));
}

async function get(name) {
  const answer = await fetch(new URL(name, BASE), { cache: "no-cache", credentials: "omit", redirect: "error" });
  if (!answer.ok) throw answer.status >= 500 ? new TypeError("the server is not well") : new Damaged();
  const content = new Uint8Array(await answer.arrayBuffer());
  if (content.length > LARGEST) throw new Damaged();
  return content;
}

function sameFiles(one, other) {
  return one.size === other.size && [...one].every(([name, content]) => other.has(name) && same(content, other.get(name)));
}
