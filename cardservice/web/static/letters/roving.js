// A field of buttons that is one stop for the Tab key: arrow keys go to the neighbour that is seen there, whatever the direction
// of the script and however many fit into a row. Home and End are the ends of a row.

/** Let the arrow keys walk over the buttons inside `place`; whoever changes the buttons calls what is returned. */
export function rove(place) {
  const buttons = () => [...place.querySelectorAll("button")];
  const stopAt = (one) => {
    for (const button of buttons()) button.tabIndex = button === one ? 0 : -1;
  };
  place.addEventListener("focusin", ({ target }) => target.localName === "button" && stopAt(target));
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.localName !== "button") return;
    const next = neighbour(event.target, buttons(), event.key);
    if (next === undefined) return;
    event.preventDefault();
    next?.focus();
  });
  return () => stopAt(buttons().find((one) => one.tabIndex === 0) ?? buttons()[0]);
}

/** The button that a key leads to from another one, null where there is none, undefined for other keys. */
function neighbour(from, buttons, key) {
  const here = middle(from);
  const others = buttons.filter((one) => one !== from).map((one) => ({ one, ...middle(one) }));
  const row = others.filter(({ y }) => Math.abs(y - here.y) < here.height / 2);
  const nearest = (found, far) => found.reduce((best, one) => (best && far(best) <= far(one) ? best : one), null)?.one ?? null;
  const aside = ({ x }) => Math.abs(x - here.x);
  switch (key) {
    case "ArrowLeft":
      return nearest(row.filter(({ x }) => x < here.x), aside);
    case "ArrowRight":
      return nearest(row.filter(({ x }) => x > here.x), aside);
    case "ArrowUp":
      return nearest(nearestRow(others.filter(({ y }) => y <= here.y - here.height / 2), here), aside);
    case "ArrowDown":
      return nearest(nearestRow(others.filter(({ y }) => y >= here.y + here.height / 2), here), aside);
    case "Home":
    case "End":
      return [...row.map(({ one }) => one), from].sort((a, b) => buttons.indexOf(a) - buttons.indexOf(b)).at(key === "Home" ? 0 : -1);
  }
}

function nearestRow(found, here) {
  const nearest = Math.min(...found.map(({ y }) => Math.abs(y - here.y)));
  return found.filter(({ y }) => Math.abs(y - here.y) < nearest + here.height / 2);
}

function middle(button) {
  const { left, top, width, height } = button.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2, height };
}
