// What the page sees: the camera, and pictures that somebody chooses or pastes.

import { Camera, textsOn } from "./camera.js";

const AWAY = 700; // milliseconds without a code before the camera, after which the same card is a new one
const HINTS = { NotAllowedError: "cameraRefused", SecurityError: "cameraRefused", NotReadableError: "cameraBusy" };

const element = (id) => document.getElementById(id);

/** The camera's part of the page; `onTexts` is called with the codes of one view, or of one picture. */
export class Eyes {
  constructor(words, onTexts) {
    Object.assign(this, { words, onTexts, view: new Set(), seenAt: 0 });
    this.camera = new Camera(document.querySelector("video"), (texts) => this.onLook(texts), () => this.onCameraEnd());
    element("open-camera").addEventListener("click", () => this.toggleCamera());
    element("light").addEventListener("click", () => this.toggleLight());
    element("picture").addEventListener("change", () => this.onPicture([...element("picture").files]));
    document.addEventListener("paste", (event) => this.onPicture([...(event.clipboardData?.files ?? [])]));
  }

  get isOpen() {
    return this.camera.isOpen;
  }

  /** What is before the camera is one view until nothing has been there for a while: a code more makes it another answer. */
  async onLook(texts) {
    const now = performance.now();
    if (!texts.length) {
      if (now - this.seenAt > AWAY) this.view.clear();
      return;
    }
    this.seenAt = now;
    if (texts.every((text) => this.view.has(text))) return;
    texts.forEach((text) => this.view.add(text));
    await this.onTexts([...this.view]);
  }

  async onPicture(files) {
    const file = files.find((one) => one.type.startsWith("image/")) ?? files[0];
    element("picture").value = "";
    if (!file) return;
    let [picture, texts] = [null, []];
    try {
      picture = await createImageBitmap(file);
      texts = await textsOn(picture, { hard: true });
    } catch {
      this.hint(picture ? "readerMissing" : "pictureUnreadable");
      return;
    } finally {
      picture?.close();
    }
    if (texts.length) await this.onTexts(texts);
    else this.hint("noCode");
  }

  async toggleCamera() {
    if (this.camera.isOpen) {
      this.close();
      return;
    }
    element("camera").hidden = false;
    try {
      await this.camera.open();
      this.hint(null);
    } catch (error) {
      this.close();
      this.hint(HINTS[error.name] ?? "noCamera");
    }
    this.write(this.words);
  }

  onCameraEnd() {
    this.close();
    this.hint("cameraBusy");
  }

  close() {
    this.camera.close();
    this.view.clear();
    element("camera").hidden = true;
    this.write(this.words);
  }

  /** Say everything anew, in the language of `words`. */
  write(words) {
    this.words = words;
    element("open-camera").textContent = this.words.get(this.camera.isOpen ? "closeCamera" : "openCamera");
    element("light").hidden = !this.camera.hasTorch;
    element("light").setAttribute("aria-pressed", "false");
  }

  async toggleLight() {
    const on = element("light").getAttribute("aria-pressed") !== "true";
    await this.camera.light(on);
    element("light").setAttribute("aria-pressed", String(on));
  }

  /** Say what is wrong with what was just tried; the next check takes it away. */
  hint(name) {
    element("hint").textContent = name === null ? "" : this.words.get(`notice.${name}`);
    element("hint").className = name === null ? "" : "notice bad";
    element("hint").dataset.notice = name ?? "";
  }
}
