// What this verifier keeps on the device: the newest lists it has accepted and the anchors that signed them, as one record
// that is replaced as a whole; and what the partner has set. Nothing about any card, ever.

const HERE = new URL("../", import.meta.url).pathname; // two kits on one host are two verifiers
const NAME = `cardservice verifier ${HERE}`;
const [STORE, RECORD] = ["kit", "kit"];
const PATIENCE = 5000; // milliseconds; some browsers forget to answer

/** Return the record {files, past, lineage}, or null where there is none. Throws where it cannot be read just now. */
export async function load() {
  return (await inStore("readonly", (store) => store.get(RECORD))) ?? null;
}

/** Replace the record. Throws a DOMException, QuotaExceededError where the device is full. */
export async function save(record) {
  await inStore("readwrite", (store) => store.put(record, RECORD));
}

/** Do something while no other tab of this verifier does the same. */
export function alone(task) {
  return navigator.locks ? navigator.locks.request(NAME, task) : task();
}

function inStore(mode, ask) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new DOMException("the storage does not answer", "TimeoutError")), PATIENCE);
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const end = (settle, value) => {
        database.close();
        settle(value);
      };
      try {
        const transaction = database.transaction(STORE, mode);
        const asked = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => end(resolve, asked.result);
        transaction.onabort = () => end(reject, transaction.error);
      } catch (error) {
        end(reject, error);
      }
    };
  });
}

const UNSET = { language: null, service: null, sound: true, vibration: true, count: false };
const PIN = `${NAME} anchor`;

/** What the partner has set on this device. */
export function settings() {
  return { ...UNSET, ...JSON.parse(kept(NAME) ?? "{}") };
}

/** Keep a setting. Where nothing can be kept it counts until the page is closed. */
export function set(changed) {
  keep(NAME, JSON.stringify({ ...settings(), ...changed }));
}

/** The fingerprint of the pinned anchor, kept a second time for when the record cannot be read; or null. */
export function pin() {
  return kept(PIN);
}

export function setPin(fingerprint) {
  keep(PIN, fingerprint);
}

const unkept = new Map(); // what a browser without storage cannot keep

function kept(name) {
  try {
    return localStorage.getItem(name) ?? unkept.get(name) ?? null;
  } catch {
    return unkept.get(name) ?? null;
  }
}

function keep(name, value) {
  unkept.set(name, value);
  try {
    localStorage.setItem(name, value);
  } catch {
    // the page goes on with it
  }
}
