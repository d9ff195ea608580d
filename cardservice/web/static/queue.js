// The screen in the hall looks again every few seconds. It first asks whether the town hall answers at all: a screen
// that nobody minds must not be left with the browser's own page when the network was away for a moment.

const every = Number(document.querySelector("[data-every]").dataset.every) * 1_000;
const mark = document.querySelector("link[rel=icon]").href;

setInterval(() => {
  const probe = new Image();
  probe.addEventListener("load", () => location.reload());
  probe.src = `${mark}?${Date.now()}`;
}, every);
