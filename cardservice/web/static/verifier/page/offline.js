// The service worker that keeps this page on the device: tells when the page works without a network, and takes up a newer
// page when one is there.

/** Starts the worker; `onReady` is called when everything is on the device. */
export class Offline {
  constructor(onReady) {
    this.onReady = onReady;
  }

  async start() {
    const workers = navigator.serviceWorker; // none on a page that was not loaded over https
    if (!workers) return;
    const first = !workers.controller;
    workers.addEventListener("controllerchange", () => first || location.reload());
    try {
      const registration = await workers.register("service-worker.js", { updateViaCache: "none" });
      takeUp(registration);
      registration.addEventListener("updatefound", () => takeUp(registration));
    } catch {
      return; // not published, or no space: the page works with a network
    }
    await workers.ready;
    document.documentElement.dataset.offline = "ready";
    this.onReady();
  }
}

/** Let a newer page take over as soon as it is complete. */
function takeUp(registration) {
  const ask = () => registration.waiting?.postMessage("take over");
  ask();
  registration.installing?.addEventListener("statechange", ask);
}
