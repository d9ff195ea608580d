// The screen in the hall looks again every few seconds. It first asks for itself, and goes on only to a good answer: a
// screen that nobody minds must not be left with the browser's own page when the network was away for a moment, nor with
// a proxy's when too many in the hall looked at once.

const every = Number(document.querySelector("[data-every]").dataset.every) * 1_000;

setInterval(async () => {
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) {
    location.reload();
  }
}, every);
