// Keeps this page on the device, so that it starts without a network. The lists are not kept here but by the page itself,
// which checks them first. Publishing the kit writes the next two lines: with any change of a file this file changes too.
const VERSION = "development";
const FILES = {};

const HERE = new URL("./", self.location).pathname; // two kits on one host are two verifiers
const FAMILY = `cardservice verifier ${HERE} `;
const CACHE = FAMILY + VERSION;
const KEPT = new Map(Object.entries(FILES).map(([name, digest]) => [new URL(name, self.location).pathname, digest]));

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  const wanted = pathname === HERE ? `${HERE}index.html` : pathname;
  if (KEPT.has(wanted)) event.respondWith(fromCache(wanted, event.request));
});

async function keepAll() {
  if (!KEPT.size) throw new Error("this kit was not published, so there is nothing to keep");
  const cache = await caches.open(CACHE);
  await Promise.all([...KEPT].map(([name, digest]) => keep(cache, name, digest)));
}

/** Keep one file as it was published: of a mirror that is just being written nothing is kept, and it is tried again. */
async function keep(cache, name, integrity) {
  const answer = await fetch(new Request(name, { cache: "reload", integrity }));
  if (!answer.ok) throw new Error(`this kit has no ${name}`);
  // Some hosts send from index.html to the folder; a page may not be opened with an answer that came so.
  await cache.put(name, answer.redirected ? new Response(await answer.blob(), { headers: answer.headers }) : answer);
}

async function forgetOlder() {
  const older = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function fromCache(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name, { ignoreVary: true })) ?? fetch(request);
}
