// The camera: frames of a video element, looked through for codes by the browser's own reader where it has one that
// works, else by vendor/zxing.js. No frame leaves the page or outlives the next one.

const WIDEST = 1280; // pixels; the densest code we print needs 400 of them across itself
const LEAST_GAP = 60; // milliseconds between two looks, so that a telephone stays cool

let native = null;

/** Return the codes' texts on a picture (a video element, an image bitmap or a canvas). `hard` looks longer. */
export async function textsOn(picture, { hard = false } = {}) {
  native ??= await ownDetector();
  if (native) {
    try {
      const found = (await native.detect(picture)).map((code) => code.rawValue);
      if (found.length || !hard) return found;
    } catch {
      native = false; // it is there and does not work: some telephones' do not
    }
  }
  const reader = await import("../vendor/zxing.js");
  return reader.read(pixels(picture), { hard });
}

/** Have a reader ready before the first picture. */
export async function prepare() {
  native ??= await ownDetector();
  // Ours in any case: it is asked where the browser's own finds nothing, and no scan may load it then.
  await (await import("../vendor/zxing.js")).prepare();
}

async function ownDetector() {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : false;
}

const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

function pixels(picture) {
  const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
  const scale = Math.min(1, (picture.videoWidth ? WIDEST : 2 * WIDEST) / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const data = context.getImageData(0, 0, canvas.width, canvas.height);
  canvas.width = canvas.height = 1; // nothing of the picture stays
  return data;
}

/** A camera that looks until it is closed. */
export class Camera {
  /** `onTexts` is called with the texts of each look, also with none; `onEnd` where the camera went away by itself. */
  constructor(video, onTexts, onEnd) {
    Object.assign(this, { video, onTexts, onEnd, stream: null, turn: 0 });
  }

  get isOpen() {
    return this.stream !== null;
  }

  /** Open the camera. Throws the DOMException of getUserMedia: NotAllowedError, NotFoundError, NotReadableError. */
  async open() {
    if (!navigator.mediaDevices) throw new DOMException("no camera for a page without https", "SecurityError");
    const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
    const turn = (this.turn += 1);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    if (turn !== this.turn) {
      stream.getTracks().forEach((track) => track.stop()); // closed, or opened again, while somebody was asked
      return;
    }
    this.stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.stream === stream && this.onEnd());
    this.video.srcObject = stream;
    await this.video.play();
    this.look(stream);
  }

  close() {
    this.turn += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
  }

  /** Whether there is a light to switch on. */
  get hasTorch() {
    return Boolean(this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }

  async look(stream) {
    while (this.stream === stream) {
      const began = performance.now();
      if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
        try {
          const texts = await textsOn(this.video);
          if (this.stream === stream) await this.onTexts(texts);
        } catch (error) {
          reportError(error); // one frame that cannot be read is no reason to stop looking
        }
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(LEAST_GAP - (performance.now() - began), 10)));
    }
  }
}
