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
const PATIENCE = 30000; // milliseconds for one file
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
   * `offered` are the files that the last update refused because of their anchor, for people to compare.
   */
  constructor() {
    const nothing = { kit: null, memory: null, files: new Map(), past: new Map(), lineage: [] };
    Object.assign(this, { ...nothing, checkedAt: 0, updating: null, unread: false, unsaved: false, offered: null });
  }

  /** Take up what is kept on the device; what another tab has accepted meanwhile, too. */
  async load() {
    if (this.unsaved) return;
    let record;
    try {
      record = await store.load().catch(() => store.load()); // once more: it may be busy
      this.unread = false;
    } catch {
      this.unread = true; // and nothing is written over it
      return;
    }
    if (!record) return;
    const lineage = [];
    for (const key of record.lineage ?? []) lineage.push(await PublicKey.fromCoordinates(key.algorithm, key.coordinates));
    const kit = await Kit.fromFiles(record.files, pinned(lineage.at(-1)));
    if (kit.trustList) await this.use(kit, record.files, record.past, lineage);
    // Lists that were altered on the device, or that this page cannot read: the anchor still counts.
    else Object.assign(this, { lineage, memory: pinned(lineage.at(-1)) });
  }

  /** Fetch the kit and use it if all of it is right. Returns one of `Update`; never two at a time. */
  update() {
    this.updating ??= this.fetchAndAccept().finally(() => {
      this.updating = null;
    });
    return this.updating;
  }

  async fetchAndAccept() {
    this.checkedAt = Date.now();
    let files;
    try {
      files = await fetchKit();
    } catch (error) {
      return error instanceof Damaged ? Update.DAMAGED : Update.OFFLINE;
    }
    return store.alone(async () => {
      await this.load();
      const came = await this.accept(files, await this.believed(files));
      const anchor = came === Update.OTHER_ANCHOR ? await anchorOf(files).catch(() => null) : null;
      this.offered = anchor && { files, anchor };
      return came;
    });
  }

  /** Whom to believe: what is remembered, or at the first use the anchor that comes with the kit. */
  async believed(files) {
    if (this.memory || !this.unread || !store.pin()) return this.memory;
    const offered = await anchorOf(files).catch(() => null);
    return offered?.fingerprint === store.pin() ? pinned(offered) : NOBODY;
  }

  /** Use these files if all of them are right; where a status list is not, the one that is kept under its name stays. */
  async accept(files, memory) {
    if (sameFiles(files, this.files)) return this.unsaved ? this.save(Update.SAME) : Update.SAME;
    const offered = new Map(files);
    let kit = await Kit.fromFiles(offered, memory);
    if (kit.trustList === null) return why(kit.problems[0]);
    const refused = kit.problems;
    for (const { file } of refused) {
      offered.delete(file);
      if (this.files.has(file)) offered.set(file, this.files.get(file));
    }
    if (refused.length) kit = await Kit.fromFiles(offered, memory);
    for (const { file } of kit.problems) offered.delete(file);
    const last = this.lineage.at(-1);
    const lineage = last?.equals(kit.anchor) ? this.lineage : [...this.lineage, kit.anchor];
    await this.use(kit, offered, this.noMoreIn(kit), lineage);
    return this.save(refused.length ? why(refused[0]) : Update.NEW);
  }

  /** Use these files and their anchor from now on: an offer that was refused, whose anchor somebody has compared. */
  async pin({ files, anchor }) {
    await this.updating;
    return store.alone(async () => {
      const kit = await Kit.fromFiles(files, pinned(anchor));
      if (kit.trustList === null) return why(kit.problems[0]);
      const good = new Map([...files].filter(([name]) => !kit.problems.some(({ file }) => file === name)));
      await this.use(kit, good, new Map(), [anchor]);
      this.offered = null;
      return this.save(Update.NEW);
    });
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

  /** Keep what is in use; returns `came`, or that there is no space. */
  async save(came) {
    const lineage = this.lineage.map(({ algorithm, coordinates }) => ({ algorithm, coordinates }));
    this.unsaved = true;
    if (this.unread) return came;
    try {
      await store.save({ files: this.files, past: this.past, lineage });
      store.setPin(this.lineage.at(-1).fingerprint);
      this.unsaved = false;
      return came;
    } catch {
      return came === Update.NEW || came === Update.SAME ? Update.NO_SPACE : came;
    }
  }
}

/** The memory of somebody who believes no anchor that is offered. */
const NOBODY = { anchors: [], checkTrustList() {}, checkStatusList() {} };

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
  const signal = AbortSignal.timeout?.(PATIENCE);
  const answer = await fetch(new URL(name, BASE), { cache: "no-cache", credentials: "omit", redirect: "error", signal });
  if (!answer.ok) throw answer.status >= 500 ? new TypeError("the server is not well") : new Damaged();
  const content = new Uint8Array(await answer.arrayBuffer());
  if (content.length > LARGEST) throw new Damaged();
  return content;
}

function sameFiles(one, other) {
  return one.size === other.size && [...one].every(([name, content]) => other.has(name) && same(content, other.get(name)));
}
