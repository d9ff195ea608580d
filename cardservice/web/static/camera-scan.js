// The desk's camera as a scanner: what the verifier's reader recognises goes where a scanner's text goes (scan.js, which
// loads this file when somebody asks for it). No picture leaves the page or outlives the next one, and the camera is off as
// soon as it is not needed (docs/decisions/0088).

import { Camera, prepare } from "./verifier/page/camera.js";
import { signal } from "./verifier/page/signals.js";

const LONGEST = 60 * 1000; // milliseconds without a code for this page: one on the wall would keep the camera on all day
const WRONG = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "busy", AbortError: "busy",
}; // prettier-ignore
const AND_INSTEAD = ["refused", "none", "busy", "missing", "minute"]; // what to do without a camera is said as well

/** A button, the camera's picture, a button to stop it, and a line that says what happens: templates/components/scanned.html. */
export class CameraScan {
  /** `fieldFor(text)` is the field of the page that a code is for, if there is one; `give(field, text)` puts it there. */
  constructor(box, fieldFor, give) {
    const part = (name) => box.querySelector(`[data-${name}]`);
    Object.assign(this, { words: box.dataset, fieldFor, give, turn: 0, isOpen: false });
    [this.begin, this.view, this.video, this.stop, this.said] = ["begin", "view", "video", "stop", "said"].map(part);
    this.camera = new Camera(this.video, (texts) => this.onLook(texts), () => this.close("busy"));
    this.stop.addEventListener("click", () => this.close("off"));
    addEventListener("keydown", (event) => this.isOpen && event.key === "Escape" && this.close("off"));
    addEventListener("pagehide", () => this.isOpen && this.close("off"));
    document.addEventListener("visibilitychange", () => this.isOpen && document.hidden && this.close("off"));
    box.closest("details")?.addEventListener("toggle", (event) => this.isOpen && !event.target.open && this.close("off"));
  }

  async open() {
    const turn = (this.turn += 1);
    this.show(true);
    this.stop.focus();
    this.say("starting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close("minute"), LONGEST);
    try {
      await Promise.all([this.camera.open().then(() => this.mirror()), prepare()]);
    } catch (error) {
      // Whoever stopped it meanwhile was told so.
      if (turn === this.turn) this.close(WRONG[error.name] ?? "missing");
      return;
    }
    if (turn === this.turn) this.say("on");
  }

  /** As people know themselves, or a code that is moved to one side would go to the other. What is read is not turned. */
  mirror() {
    const [track] = this.video.srcObject?.getVideoTracks() ?? [];
    this.video.classList.toggle("camera__mirrored", track?.getSettings().facingMode !== "environment");
  }

  /** Let go of the camera, and say why. */
  close(why) {
    const isFocusLost = this.view.contains(document.activeElement) || document.activeElement === document.body;
    this.turn += 1;
    clearTimeout(this.timer);
    this.camera.close();
    this.show(false);
    this.say(why);
    if (isFocusLost) this.begin.focus();
  }

  show(isOpen) {
    this.isOpen = isOpen;
    this.view.hidden = !isOpen;
    this.begin.hidden = isOpen;
  }

  /** The codes of one look. */
  onLook(texts) {
    if (!texts.length || !this.isOpen) return;
    const useful = [...new Set(texts)].filter((text) => this.fieldFor(text));
    if (useful.length > 1) this.say("several");
    else if (useful.length) this.onCode(useful[0]);
    else this.say("other");
  }

  onCode(text) {
    this.close("read");
    signal("read", { sound: true, vibration: true });
    this.give(this.fieldFor(text), text);
  }

  /** Said once: a screen reader is not told again what it was told. */
  say(what) {
    const words = this.words[what] + (AND_INSTEAD.includes(what) ? ` ${this.words.instead}` : "");
    if (this.said.textContent !== words) this.said.textContent = words;
  }
}
