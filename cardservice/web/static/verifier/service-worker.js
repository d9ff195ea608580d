// Keeps this page on the device, so that it starts without a network. The lists are not kept here but by the page itself,
// which checks them first. Publishing the kit writes the next two lines: with any change of a file this file changes too.
const VERSION = "development";
const FILES = [];

const HERE = new URL("./", self.location).pathname; // two kits on one host are two verifiers
const FAMILY = `cardservice verifier ${HERE} `;
const CACHE = FAMILY + VERSION;
const KEPT = new Set(FILES.map((name) => new URL(name, self.location).pathname));

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
  if (!FILES.length) throw new Error("this kit was not published, so there is nothing to keep");
  const cache = await caches.open(CACHE);
  await cache.addAll([...KEPT].map((name) => new Request(name, { cache: "reload" })));
}

async function forgetOlder() {
  const older = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function fromCache(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}
