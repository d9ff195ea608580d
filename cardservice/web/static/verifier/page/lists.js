// The lists of this verifier: fetched on a timer and never because of a card, checked against what is remembered, and
// replaced only where everything that is new is right (docs/decisions/0052-what-the-browser-keeps.md).

import { same } from "../credential/bytes.js";
import { PublicKey } from "../credential/keys.js";
import { ANCHOR_FILE, Kit, TRUST_LIST_FILE, anchorOf } from "../verify/kit.js";
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

/** The lists in use. */
export class Lists {
  constructor() {
    Object.assign(this, { kit: null, memory: null, files: new Map(), lineage: [], checkedAt: null });
  }

  /** Take up what is kept on the device. */
  async load() {
    const kept = await store.load();
    if (!kept) return;
    try {
      const lineage = [];
      for (const key of kept.lineage) lineage.push(await PublicKey.fromCoordinates(key.algorithm, key.coordinates));
      const kit = await Kit.fromFiles(kept.files, pinned(lineage.at(-1)));
      if (kit.trustList) this.use(kit, kept.files, lineage);
    } catch {
      // What is kept cannot be read: the next update starts anew.
    }
  }

  /** Fetch the kit and use it if all of it is right. Returns one of `Update`. */
  async update() {
    let files;
    try {
      files = await fetchKit();
    } catch (error) {
      return error instanceof Damaged ? Update.DAMAGED : Update.OFFLINE;
    }
    this.checkedAt = Date.now();
    return this.accept(files);
  }

  /** Use these files if all of them are right; where one status list is not, the one that is kept stays. */
  async accept(files) {
    if (sameFiles(files, this.files)) return Update.SAME;
    const kept = [...this.files].filter(([name]) => name.startsWith("status/"));
    const offered = new Map([...kept, ...files]);
    let kit = await Kit.fromFiles(offered, this.memory);
    if (kit.trustList === null) return why(kit.problems[0]);
    const [worst] = kit.problems.filter(({ file }) => files.has(file));
    const refused = kit.problems.map((problem) => problem.file);
    for (const name of refused) {
      offered.delete(name);
      if (this.files.has(name)) offered.set(name, this.files.get(name));
    }
    if (refused.length) kit = await Kit.fromFiles(offered, this.memory);
    for (const { file } of kit.problems) offered.delete(file);
    const lineage = this.memory === null ? [kit.anchor] : this.memory.followedBy(kit.anchor, kit.trustList, kit.statusLists).lineage;
    this.use(kit, offered, lineage);
    const saved = await this.save();
    if (worst) return why(worst);
    return saved ? Update.NEW : Update.NO_SPACE;
  }

  /** Forget the anchor that is pinned and everything under it: what a partner does after comparing a new one. */
  async pinAnew() {
    Object.assign(this, { kit: null, memory: null, files: new Map(), lineage: [] });
    await store.forget().catch(() => {});
    return this.update();
  }

  /** The anchor that is offered now: what to compare when it is not the pinned one. */
  async offeredAnchor() {
    return anchorOf(await fetchKit());
  }

  use(kit, files, lineage) {
    const memory = kit.remember(null);
    memory.lineage = lineage;
    Object.assign(this, { kit, files, lineage, memory });
  }

  async save() {
    const lineage = this.lineage.map(({ algorithm, coordinates }) => ({ algorithm, coordinates }));
    try {
      await store.save({ files: this.files, lineage });
      return true;
    } catch {
      return false;
    }
  }
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
  return [...one].every(([name, content]) => other.has(name) && same(content, other.get(name)));
}
