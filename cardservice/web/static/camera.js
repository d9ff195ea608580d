// Takes the photo in the page and puts it into the form's own file field, so that the server sees an ordinary upload.
// What the camera shows is mirrored, as people know themselves; the picture is not, as others know them.
// Nothing is stored in the browser. Without this file the form works with a chosen picture.

const LONGEST_SIDE = 1500;

const form = document.querySelector("[data-photo]");
const part = (name) => form.querySelector(`[data-${name}]`);
const field = form.querySelector("input[type=file]");
const [camera, video, still, said] = ["camera", "video", "still", "said"].map(part);
const [open, take, again, other, use] = ["open", "take", "again", "other", "use"].map(part);
let stream = null;
let facing = "user";

/** Make `blob` the picture of the form; `here` says that our own camera took it, so that its guide shows where to crop. */
function choose(blob, here = "") {
  part("taken").value = here;
  const box = new DataTransfer();
  box.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  field.files = box.files;
}

function toJpeg(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

async function start() {
  stop();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { width: { ideal: 1280 }, height: { ideal: 1600 }, facingMode: facing } });
  } catch {
    camera.hidden = false;
    said.textContent = form.dataset.noCamera;
    return;
  }
  // Unplugged, or taken away by the browser.
  stream.getVideoTracks().forEach((track) => track.addEventListener("ended", lost));
  video.srcObject = stream;
  video.classList.toggle("camera__mirrored", facing === "user");
  open.hidden = true;
  camera.hidden = video.hidden = take.hidden = false;
  still.hidden = again.hidden = true;
  other.hidden = await countCameras() < 2;
  said.textContent = form.dataset.cameraOn;
  take.focus();
}

async function countCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter((device) => device.kind === "videoinput").length;
}

function lost() {
  stop();
  take.hidden = other.hidden = true;
  open.hidden = false;
  said.textContent = form.dataset.noCamera;
}

/** Copy the middle 4:5 of what the camera sees. */
async function shoot() {
  // Before its first picture is there, a camera shows black.
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
  const width = Math.min(video.videoWidth, video.videoHeight * 0.8);
  const height = width / 0.8;
  const [x, y] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
  still.getContext("2d").drawImage(video, x, y, width, height, 0, 0, still.width, still.height);
  choose(await toJpeg(still), "here");
  stop();
  video.hidden = take.hidden = other.hidden = true;
  still.hidden = again.hidden = false;
  said.textContent = form.dataset.taken;
  use.focus();
}

/** Make a large photo small before it is sent; what cannot be read here is left to the server to refuse in words. */
async function shrink(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1) return;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  choose(await toJpeg(canvas));
}

function tell(words) {
  const line = document.createElement("p");
  line.className = "field__problem";
  line.textContent = words;
  part("problem-place").replaceChildren(...(words ? [line] : []));
}

form.addEventListener("submit", (event) => {
  const file = field.files[0];
  if (file && file.size > Number(form.dataset.limit)) {
    event.preventDefault();
    tell(form.dataset.tooLarge);
    field.focus();
  }
});
field.addEventListener("change", async () => {
  part("taken").value = "";
  tell("");
  const file = field.files[0];
  if (file && file.size <= Number(form.dataset.limit)) await shrink(file);
});
addEventListener("pagehide", stop);

if (navigator.mediaDevices?.getUserMedia) {
  open.dataset.ready = "";
  open.addEventListener("click", start);
  take.addEventListener("click", shoot);
  again.addEventListener("click", start);
  other.addEventListener("click", () => {
    facing = facing === "user" ? "environment" : "user";
    return start();
  });
}
