// The kit: the signed lists with which cards are checked offline, believed once (cardservice/verify/kit.py).
//
// A list that is missing, broken, signed by the wrong key, of the wrong type or older than the one before is left out and
// named in `problems`; every card that would have needed it is then "cannot tell". So a damaged kit never shows green.

import { hex } from "../credential/bytes.js";
import * as cbor from "../credential/cbor.js";
import { DAY } from "../credential/claims.js";
import { CredentialError, NotACard, Reason } from "../credential/errors.js";
import { PublicKey } from "../credential/keys.js";
import { StatusList, parseStatusList } from "../credential/status-list.js";
import { KeyPurpose, KeyState, NewerFormat, decodeTrustList, parseTrustList } from "../credential/trust-list.js";
import { KitMemory, RolledBack, place } from "./memory.js";

export const TRUST_LIST_FILE = "trust-list.cwt";
export const ANCHOR_FILE = "anchor.cose";
const STATUS_FILES = /^status\//;

/** A list that is properly signed may not be used. */
export class ListRefused extends CredentialError {
  constructor(message) {
    super(Reason.STATUS_MISSING, message);
  }
}

/** The trust list is signed by another anchor than those that are pinned: the page shows what to do. */
export class UnknownAnchor extends ListRefused {}

/** Lists whose signatures have been checked. Made by `fromFiles`. */
export class Kit {
  /** `statusLists` and `sources` (the names of their files) by issuer and URI, see `place`; `cardKeys` by key id. */
  constructor({ anchor, trustList, statusLists, sources, problems, cardKeys }) {
    Object.assign(this, { anchor, trustList, statusLists, sources, problems, cardKeys });
  }

  /**
   * Make a kit of files (a Map from their names in the folder to bytes). The trust list must be signed by one of the
   * anchors that are remembered; where nothing is remembered, the kit's own anchor is believed.
   */
  static async fromFiles(files, remembered = null) {
    const problems = [];
    let [anchor, trustList] = [null, null];
    try {
      [anchor, trustList] = await openTrustList(files, remembered);
    } catch (error) {
      problems.push(problem(TRUST_LIST_FILE, error));
    }
    const [statusLists, sources] = [new Map(), new Map()];
    const names = trustList ? [...files.keys()].filter((name) => STATUS_FILES.test(name)).sort() : [];
    for (const name of names) {
      try {
        const [issuer, statusList] = await openStatusList(files.get(name), trustList, remembered);
        const known = statusLists.get(place(issuer, statusList.uri));
        if (known && known.sequence >= statusList.sequence) continue;
        statusLists.set(place(issuer, statusList.uri), statusList);
        sources.set(place(issuer, statusList.uri), name);
      } catch (error) {
        problems.push(problem(name, error));
      }
    }
    const cardKeys = trustList ? keys(trustList, KeyPurpose.CARD, KeyPurpose.SAMPLE) : new Map();
    return new Kit({ anchor, trustList, statusLists, sources, problems, cardKeys });
  }

  /** The usable status lists of the trust list's own publisher. */
  get ownLists() {
    const own = this.trustList?.issuers.find((issuer) => issuer.issuer === this.trustList.publisher);
    return (own?.statusLists ?? []).map((uri) => this.statusLists.get(place(own.issuer, uri))).filter(Boolean);
  }

  /** Return what to remember after using this kit, or `before` where it has no trust list. */
  remember(before = null) {
    if (this.anchor === null) return before;
    if (before === null) return new KitMemory([this.anchor], this.trustList, this.statusLists);
    return before.followedBy(this.anchor, this.trustList, this.statusLists);
  }

  /** Whether the trust list names the issuer. */
  hasIssuer(uri) {
    return this.trustList !== null && this.trustList.issuers.some((issuer) => issuer.issuer === uri);
  }
}

function problem(file, error) {
  if (!(error instanceof CredentialError)) throw error;
  return {
    file,
    why: error.message,
    unknownAnchor: error instanceof UnknownAnchor,
    newerFormat: error instanceof NewerFormat,
    rolledBack: error instanceof RolledBack,
  };
}

async function openTrustList(files, remembered) {
  if (!files.has(TRUST_LIST_FILE)) throw new NotACard("missing");
  const anchors = remembered ? remembered.anchors : [await anchorOf(files)];
  const message = parseTrustList(files.get(TRUST_LIST_FILE));
  const signedBy = anchors.find((key) => key.keyId === hex(message.keyId ?? []));
  if (!signedBy) throw new UnknownAnchor("signed by another anchor than the one that is pinned");
  const trustList = await decodeTrustList(await message.open(signedBy));
  remembered?.checkTrustList(trustList);
  return [signedBy, trustList];
}

/** Return the anchor that comes with a kit. Throws Malformed. */
export async function anchorOf(files) {
  return PublicKey.fromCoseMap(cbor.decode(files.get(ANCHOR_FILE) ?? new Uint8Array()));
}

async function openStatusList(data, trustList, remembered) {
  const message = parseStatusList(data);
  const entry = keys(trustList, KeyPurpose.STATUS).get(hex(message.keyId ?? []));
  if (!entry) throw new ListRefused("signed by a key that may not sign status lists");
  const { issuer, trusted } = entry;
  if (trusted.state === KeyState.COMPROMISED) throw new ListRefused("signed by a compromised key");
  const statusList = await StatusList.decode(await message.open(trusted.key));
  if (!issuer.statusLists.includes(statusList.uri)) throw new ListRefused("not one of its issuer's lists");
  const last = trusted.retiredAt ?? trusted.notAfter;
  if (statusList.issuedAt < trusted.notBefore - (trusted.notBefore % DAY) || statusList.issuedAt > last) {
    throw new ListRefused("signed when its key was not valid");
  }
  remembered?.checkStatusList(issuer.issuer, statusList);
  return [issuer.issuer, statusList];
}

function keys(trustList, ...purposes) {
  const chosen = new Map();
  for (const issuer of trustList.issuers) {
    for (const trusted of issuer.keys) {
      if (purposes.includes(trusted.purpose)) chosen.set(trusted.key.keyId, { issuer, trusted });
    }
  }
  return chosen;
}
