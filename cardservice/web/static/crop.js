// Moves the frame on the photo: by dragging, by two fingers, by keys and by the page's own buttons, without reloading.
// Where the frame is stands in the hidden fields of both forms, in thousandths of the photo; the server crops.
// Nothing of the photo is touched or kept here. Without this file the buttons ask the server for each step.

const STEP = 20; // thousandths, as printing/portrait_crop.py steps
const ZOOM = 1.08;
const NARROWEST = 64; // pixels
const SETTLED = 400; // milliseconds after the last step until the picture in the code is asked for
const BY = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", "+": "larger", "=": "larger", "-": "smaller" };
const ACROSS = { left: -STEP, right: STEP };
const DOWN = { up: -STEP, down: STEP };

const crop = document.querySelector("[data-crop]");
const part = (name) => crop.querySelector(`[data-${name}]`);
const [stage, frame, outside, oval, moves, said, recognised] = ["stage", "frame", "outside", "oval", "moves", "said", "recognised"].map(part);
const [wide, high] = [Number(crop.dataset.wide), Number(crop.dataset.high)];
const tall = wide / 0.8 / high; // height of a frame in thousandths, for each thousandth of its width
const fingers = new Map();
const now = {};
let settling = 0;

const fields = (name) => document.querySelectorAll(`input[type=hidden][name=${name}]`);
const between = (least, value, most) => Math.min(Math.max(value, least), most);

function put(x, y, width) {
  const widest = Math.min(1000, 1000 / tall);
  now.width = between(Math.min(widest, (1000 * NARROWEST) / wide), width, widest);
  now.x = between(0, x, 1000 - now.width);
  now.y = between(0, y, Math.max(0, 1000 - now.width * tall));
  for (const name of ["x", "y", "width"]) fields(name).forEach((field) => (field.value = Math.round(now[name])));
  draw();
  clearTimeout(settling);
  settling = setTimeout(show, SETTLED);
}

function draw() {
  const [x, y, width] = [(now.x * wide) / 1000, (now.y * high) / 1000, (now.width * wide) / 1000];
  const height = width / 0.8;
  const set = (shape, places) => Object.entries(places).forEach(([name, value]) => shape.setAttribute(name, value.toFixed(1)));
  set(frame, { x, y, width, height });
  set(oval, { cx: x + width / 2, cy: y + height * 0.465, rx: width * 0.3, ry: height * 0.335 });
  outside.setAttribute("d", `M0 0H${wide}V${high}H0ZM${x} ${y}H${x + width}V${y + height}H${x}Z`);
}

function show() {
  const asked = new URLSearchParams(["x", "y", "width"].map((name) => [name, Math.round(now[name])]));
  recognised.src = `${crop.dataset.shown}?${asked}`;
}

/** Grow or shrink around the middle of the frame. */
function grow(by) {
  const width = now.width * by;
  put(now.x + (now.width - width) / 2, now.y + ((now.width - width) * tall) / 2, width);
}

/** A whole number as the page's language writes it. */
const counted = (number) => new Intl.NumberFormat(document.documentElement.lang).format(Math.round(number));

function step(move) {
  if (move === "larger" || move === "smaller") grow(move === "larger" ? ZOOM : 1 / ZOOM);
  else put(now.x + (ACROSS[move] ?? 0), now.y + (DOWN[move] ?? 0), now.width);
  said.textContent = crop.dataset.place.replace(/\{(\w+)\}/g, (_, name) => counted(now[name] / 10));
}

const spread = () => {
  const [one, other] = [...fingers.values()];
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
};

stage.addEventListener("pointerdown", (event) => {
  stage.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, event);
});
stage.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const apart = fingers.size === 2 ? spread() : 0;
  fingers.set(event.pointerId, event);
  if (apart) return grow(spread() / apart);
  const shown = stage.getBoundingClientRect();
  const [across, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
  put(now.x + (across / shown.width) * 1000, now.y + (down / shown.height) * 1000, now.width);
});
for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => fingers.delete(event.pointerId));

// A page is scrolled with the wheel: only over a frame that somebody has chosen does it change the size.
stage.addEventListener("wheel", (event) => {
  if (document.activeElement !== stage) return;
  event.preventDefault();
  grow(event.deltaY < 0 ? 1 / ZOOM : ZOOM);
}, { passive: false });

stage.addEventListener("keydown", (event) => {
  const move = BY[event.key];
  if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  step(move);
});

moves.addEventListener("submit", (event) => {
  if (!event.submitter?.value) return;
  event.preventDefault();
  step(event.submitter.value);
});

// Keys go to the frame only where this file answers them.
stage.tabIndex = 0;
stage.setAttribute("role", "application");
stage.setAttribute("aria-label", stage.dataset.label);
stage.setAttribute("aria-describedby", "crop-hint");
[now.x, now.y, now.width] = ["x", "y", "width"].map((name) => Number(fields(name)[0].value));
