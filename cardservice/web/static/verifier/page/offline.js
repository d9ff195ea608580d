// The service worker that keeps this page on the device: tells when the page works without a network, and takes up a newer
// page when one is there.

/** Starts the worker; `onReady` is called when everything is on the device, `onNewer` when a newer page has taken over. */
export class Offline {
  constructor(onReady, onNewer) {
    Object.assign(this, { onReady, onNewer });
  }

  async start() {
    const workers = navigator.serviceWorker; // none on a page that was not loaded over https
    if (!workers) return;
    let isControlled = Boolean(workers.controller);
    workers.addEventListener("controllerchange", () => {
      if (isControlled) this.onNewer();
      isControlled = true; // the first worker takes over the page that brought it
    });
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
