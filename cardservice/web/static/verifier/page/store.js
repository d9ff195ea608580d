// What this verifier keeps on the device: the newest lists it has accepted and the anchors that signed them, as one record
// that is replaced as a whole; and what the partner has set. Nothing about any card, ever.

const HERE = new URL("../", import.meta.url).pathname; // two kits on one host are two verifiers
const [STORE, RECORD] = ["kit", "kit"];

/** Return the record {files, past, lineage}, or null where nothing is kept or nothing can be. */
export async function load() {
  try {
    return (await inStore("readonly", (store) => store.get(RECORD))) ?? null;
  } catch {
    return null;
  }
}

/** Replace the record. Throws a DOMException, QuotaExceededError where the device is full. */
export async function save(record) {
  await inStore("readwrite", (store) => store.put(record, RECORD));
}

/** Forget the lists and the anchor. */
export async function forget() {
  await inStore("readwrite", (store) => store.delete(RECORD));
}

function inStore(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`cardservice verifier ${HERE}`, 1);
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

const SETTINGS = `cardservice verifier ${HERE}`;
const UNSET = { language: null, service: null, sound: true, vibration: true, count: false };

/** What the partner has set on this device. */
export function settings() {
  try {
    return { ...UNSET, ...JSON.parse(localStorage.getItem(SETTINGS) ?? "{}") };
  } catch {
    return { ...UNSET };
  }
}

/** Keep a setting. Where nothing can be kept it counts until the page is closed. */
export function set(changed) {
  try {
    localStorage.setItem(SETTINGS, JSON.stringify({ ...settings(), ...changed }));
  } catch {
    // the page goes on with it
  }
}
