// The page: puts the reader, the lists and the answer together. Nothing that is checked causes a request or is kept.

import { Answer } from "./answer.js";
import { Camera, prepare, textsOn } from "./camera.js";
import { showKey } from "./fingerprint.js";
import { judge, linesOf } from "./judge.js";
import { hear } from "./keyboard-scanner.js";
import { Lists, Update } from "./lists.js";
import { Offline } from "./offline.js";
import { SelfTest } from "./self-test.js";
import { SettingsForm } from "./settings-form.js";
import { State } from "./state.js";
import { signal } from "./signals.js";
import * as store from "./store.js";
import { Words } from "./words.js";

const EVERY = 3600 * 1000; // milliseconds between two looks for new lists
const TYPING_PAUSE = 400; // milliseconds after which a text that is typed is over
const LEAST_PASTED = 8; // characters that come at once only by pasting
const AWAY = 3; // looks of the camera without a code, after which the same card is a new one

const element = (id) => document.getElementById(id);

class Page {
  constructor(words) {
    this.words = words;
    this.lists = new Lists();
    this.state = new State(element("lists"), element("town").firstElementChild);
    this.answer = new Answer(element("verdict"), { onClear: () => this.camera.isOpen || element("text").focus({ preventScroll: true }) });
    this.camera = new Camera(document.querySelector("video"), (texts) => this.onLook(texts));
    Object.assign(this, { selfTest: null, checks: 0, running: 0, seen: null, away: 0 });
  }

  async start() {
    this.words.write(document);
    this.settings = new SettingsForm(this.words, () => this.rewrite());
    this.listen();
    this.notice("loading");
    await this.lists.load();
    this.showLists();
    await Promise.all([this.update(), this.showSelfTest()]);
    this.offline = new Offline(() => (element("ready").hidden = !this.lists.kit));
    this.offline.start();
    setInterval(() => this.update(), EVERY);
  }

  listen() {
    element("scan").addEventListener("submit", (event) => this.onSubmit(event));
    for (const kind of ["input", "change"]) element("text").addEventListener(kind, (event) => this.onText(event));
    hear((text) => this.checkAll(linesOf(text)));
    element("open-camera").addEventListener("click", () => this.toggleCamera());
    element("light").addEventListener("click", () => this.toggleLight());
    element("picture").addEventListener("change", () => this.onPicture([...element("picture").files]));
    document.addEventListener("paste", (event) => this.onPicture([...(event.clipboardData?.files ?? [])]));
    element("update").addEventListener("click", () => this.update());
    element("pin-anew").addEventListener("click", () => this.pinAnew());
    element("key").addEventListener("toggle", () => this.showKeys());
    addEventListener("hashchange", () => this.showSelfTest());
    addEventListener("online", () => this.update());
    addEventListener("keydown", (event) => event.key === "Escape" && this.answer.isShown && this.answer.clear());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.closeCamera();
      else if (Date.now() - (this.lists.checkedAt ?? 0) > EVERY) this.update();
      this.showLists();
    });
  }

  // What is read

  onSubmit(event) {
    event.preventDefault();
    const lines = linesOf(element("text").value);
    // A text is read as soon as it is there, so the Enter that follows it finds the field empty.
    if (lines.length || !(this.answer.isShown || this.running)) this.checkAll(lines);
  }

  onText(event) {
    clearTimeout(this.typing);
    const { value } = element("text");
    if (!value) return;
    const pasted = event.type === "change" || !(event.data?.length <= LEAST_PASTED) || value.length > 6144;
    this.typing = setTimeout(() => this.checkAll(linesOf(element("text").value)), pasted ? 0 : TYPING_PAUSE);
  }

  async onLook(texts) {
    if (!texts.length) {
      this.away += 1;
      if (this.away >= AWAY) this.seen = null;
      return;
    }
    this.away = 0;
    const key = [...texts].sort().join("\n");
    if (key === this.seen) return;
    this.seen = key; // until the card is taken away
    await this.checkAll(texts);
  }

  async onPicture(files) {
    const file = files.find((one) => one.type.startsWith("image/")) ?? files[0];
    element("picture").value = "";
    if (!file) return;
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      this.notice("pictureUnreadable", "bad");
      return;
    }
    const texts = await textsOn(picture, { hard: true });
    picture.close();
    if (texts.length) await this.checkAll(texts);
    else this.notice("noCode", "bad");
  }

  /** Check what was read at once and show the answer. */
  async checkAll(texts) {
    clearTimeout(this.typing);
    element("text").value = ""; // a card's text stays nowhere
    this.running += 1;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const { kit, now } = this.basis();
      const { service, ...wanted } = store.settings();
      const { verdict, ...how } = await judge(texts, kit, now, service);
      if (turn !== this.turn) return; // something newer was read meanwhile
      this.notice(null);
      const tone = this.answer.show(verdict, this.words, { ...how, sample: this.selfTest !== null });
      signal(tone, wanted);
      this.checks = wanted.count ? this.checks + 1 : 0;
      this.showCount();
    } finally {
      this.running -= 1;
    }
  }

  /** What to check with: the town's lists now, or in the self-test the samples' at their time. */
  basis() {
    if (this.selfTest) return this.selfTest;
    const now = Math.floor(Date.now() / 1000);
    return { kit: this.lists.kit ?? NO_KIT, now };
  }

  // The camera

  async toggleCamera() {
    if (this.camera.isOpen) {
      this.closeCamera();
      return;
    }
    element("camera").hidden = false;
    try {
      await this.camera.open();
      this.notice(null);
    } catch (error) {
      this.closeCamera();
      this.notice({ NotAllowedError: "cameraRefused", SecurityError: "cameraRefused", NotReadableError: "cameraBusy" }[error.name] ?? "noCamera", "bad");
    }
    this.showCamera();
  }

  closeCamera() {
    this.camera.close();
    this.seen = null;
    element("camera").hidden = true;
    this.showCamera();
  }

  showCamera() {
    element("open-camera").textContent = this.words.get(this.camera.isOpen ? "closeCamera" : "openCamera");
    element("light").hidden = !this.camera.hasTorch;
    element("light").setAttribute("aria-pressed", "false");
  }

  async toggleLight() {
    const on = element("light").getAttribute("aria-pressed") !== "true";
    await this.camera.light(on);
    element("light").setAttribute("aria-pressed", String(on));
  }

  // The lists

  async update() {
    const came = await this.lists.update();
    const day = this.state.day(this.lists.kit, this.words);
    if (came === Update.NEW || came === Update.SAME) this.notice(null);
    else if (!this.lists.kit && came === Update.OFFLINE) this.notice("noKit", "bad");
    else this.notice(came, came === Update.OFFLINE ? null : "bad", { day });
    this.showLists();
    if (came === Update.OTHER_ANCHOR || element("key").open) await this.showKeys(came === Update.OTHER_ANCHOR);
  }

  showLists() {
    this.state.show(this.lists.kit, this.words);
    this.settings.offer(this.lists.kit);
  }

  async showKeys(offered = !element("offered").hidden) {
    if (this.lists.lineage.length) await showKey(element("pinned"), this.lists.lineage.at(-1), this.words.language);
    element("offered").hidden = !offered;
    if (offered) await showKey(element("offered").querySelector("div"), await this.lists.offeredAnchor(), this.words.language);
  }

  async pinAnew() {
    element("offered").hidden = true;
    await this.lists.pinAnew();
    await this.update();
    await this.showKeys();
  }

  // What else is on the page

  async showSelfTest() {
    const wanted = location.hash === "#self-test";
    this.selfTest = null;
    element("self-test").hidden = !wanted;
    element("open-self-test").hidden = wanted;
    this.answer.clear({ quietly: true });
    if (!wanted) return;
    let passed = false;
    try {
      this.selfTest = await SelfTest.load();
      passed = await this.selfTest.passes();
      this.selfTest.show(element("samples"), this.words, (texts) => this.checkAll(texts));
    } catch (error) {
      reportError(error); // told on the page as a failed test
    }
    element("self-test-result").textContent = this.words.get(passed ? "selfTestPassed" : "selfTestFailed");
  }

  notice(name, tone = null, values = {}) {
    element("notice").textContent = name === null ? "" : this.words.get(`notice.${name}`, values);
    element("notice").className = tone === null ? "" : `notice ${tone}`;
    element("notice").dataset.notice = name ?? "";
  }

  showCount() {
    element("count").hidden = !store.settings().count;
    element("count").textContent = this.words.get("counted", { count: new Intl.NumberFormat(this.words.language).format(this.checks) });
  }

  /** Say everything anew: another language was chosen. */
  async rewrite() {
    this.words = await Words.load(store.settings().language);
    this.words.write(document);
    this.answer.clear({ quietly: true });
    this.settings.write(this.words);
    this.showCamera();
    this.showLists();
    this.showCount();
    await this.showSelfTest();
    if (element("key").open) await this.showKeys();
  }
}

/** What there is before the first lists: every card is "cannot tell". */
const NO_KIT = { trustList: null, statusLists: new Map(), cardKeys: new Map() };

const words = await Words.load(store.settings().language);
const page = new Page(words);
if (globalThis.DecompressionStream) {
  await page.start();
  document.documentElement.dataset.started = "yes";
  prepare().catch(() => {}); // so that the first picture need not wait; without it the reader is loaded then
} else {
  words.write(document);
  page.notice("oldBrowser", "bad");
}
