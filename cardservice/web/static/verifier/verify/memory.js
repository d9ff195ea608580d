// What a verifier remembers from one kit to the next, so that nobody can hand it an older one (cardservice/verify/memory.py).
//
// It holds keys and lists, nothing about any card that was checked.

import { CredentialError, Reason } from "../credential/errors.js";

/** A list is older than the one that was used before, or lost a revocation. */
export class RolledBack extends CredentialError {
  constructor(message) {
    super(Reason.STATUS_STALE, message);
  }
}

/** The newest lists that a verifier has accepted, and the anchors that signed them. */
export class KitMemory {
  /** `lineage`: the anchors so far, each announced by the one before it. `statusLists`: by issuer and URI, see `place`. */
  constructor(lineage, trustList, statusLists) {
    Object.assign(this, { lineage, trustList, statusLists });
  }

  /** The keys that may sign the next trust list: the present anchor, and the one it announced. */
  get anchors() {
    const announced = this.trustList.nextAnchor;
    return announced === null ? this.lineage.slice(-1) : [this.lineage.at(-1), announced];
  }

  /** Return the memory after lists under one of `anchors` were accepted. Lists that are not among them stay. */
  followedBy(anchor, trustList, statusLists) {
    const lineage = anchor.equals(this.lineage.at(-1)) ? this.lineage : [...this.lineage, anchor];
    return new KitMemory(lineage, trustList, new Map([...this.statusLists, ...statusLists]));
  }

  /** Return if `newer` may take the remembered one's place. Throws RolledBack. */
  checkTrustList(newer) {
    if (newer.sequence < this.trustList.sequence || newer.issuedAt < this.trustList.issuedAt) {
      throw new RolledBack("older than the trust list used before");
    }
  }

  /** Return if `newer` may take the remembered one's place. Throws RolledBack. */
  checkStatusList(issuer, newer) {
    const known = this.statusLists.get(place(issuer, newer.uri));
    if (!known) return;
    if (newer.sequence < known.sequence || newer.issuedAt < known.issuedAt) {
      throw new RolledBack("older than the status list used before");
    }
    if (newer.vanished(known)) throw new RolledBack("a revocation has vanished from the status list");
  }
}

/** What status lists are found by: issuer and URI, as one text that no other pair gives. */
export function place(issuer, uri) {
  return JSON.stringify([issuer, uri]);
}
