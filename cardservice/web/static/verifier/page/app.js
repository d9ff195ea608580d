// The page: puts the reader, the lists and the answer together. Nothing that is checked causes a request or is kept.

import { Answer } from "./answer.js";
import { prepare } from "./camera.js";
import { showKey, wordList } from "./fingerprint.js";
import { judge, linesOf } from "./judge.js";
import { Eyes } from "./eyes.js";
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
const WAIT = 10; // minutes: a page that is shown again asks for lists at some moment of these, not when a card is there

const element = (id) => document.getElementById(id);

class Page {
  constructor(words) {
    this.words = words;
    this.lists = new Lists();
    this.state = new State(element("lists"), element("town").firstElementChild);
    this.answer = new Answer(element("verdict"), { onClear: () => this.onClear() });
    this.eyes = new Eyes(words, (texts) => this.checkAll(texts));
    Object.assign(this, { selfTest: null, checks: 0, running: 0, turn: 0, newer: false, compared: null });
  }

  async start() {
    this.words.write(document);
    this.settings = new SettingsForm(this.words, { onLanguage: () => this.rewrite(), onCount: () => this.showCount() });
    this.listen();
    element("starting").hidden = true;
    this.notice("loading");
    await this.lists.load();
    this.showLists();
    setInterval(() => this.update(), EVERY);
    this.offline = new Offline(() => (element("ready").hidden = !this.lists.kit), () => this.takeUpNewer());
    const offline = this.offline.start();
    await Promise.all([this.update(), this.showSelfTest()]);
    offline.then(() => (element("ready").hidden = !this.lists.kit || !("offline" in document.documentElement.dataset)));
  }

  listen() {
    element("scan").addEventListener("submit", (event) => this.onSubmit(event));
    for (const kind of ["input", "change"]) element("text").addEventListener(kind, (event) => this.onText(event));
    hear((text) => this.checkAll(linesOf(text)));
    element("update").addEventListener("click", () => this.update());
    element("pin-anew").addEventListener("click", () => this.pinAnew());
    element("key").addEventListener("toggle", () => this.showKeys());
    addEventListener("hashchange", () => this.showSelfTest());
    addEventListener("online", () => this.update());
    addEventListener("keydown", (event) => event.key === "Escape" && this.answer.isShown && this.answer.clear());
    document.addEventListener("visibilitychange", () => this.onVisibility());
    addEventListener("pagehide", () => this.answer.clear());
  }

  onVisibility() {
    if (document.hidden) {
      this.eyes.close();
      this.answer.clear(); // a telephone keeps a picture of what it hides, and stops its clock
    } else if (Date.now() - this.lists.checkedAt > EVERY) {
      // Somebody may have taken the telephone out to check a card: that is not the moment to ask for lists.
      setTimeout(() => this.update(), this.state.isOld(this.lists.kit) ? 0 : Math.random() * WAIT * 60 * 1000);
    }
    this.showLists();
  }

  onClear() {
    const { activeElement } = document;
    if (!this.eyes.isOpen && (activeElement === document.body || activeElement === element("next"))) {
      element("text").focus({ preventScroll: true });
    }
    if (this.newer) this.takeUpNewer();
  }

  /** A newer page is on the device: load it, but not while somebody reads an answer or scans. */
  takeUpNewer() {
    this.newer = true;
    if (!this.answer.isShown && !this.eyes.isOpen && !this.running) location.reload();
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

  /** Check what was read at once and show the answer. */
  async checkAll(texts) {
    clearTimeout(this.typing);
    element("text").value = ""; // a card's text stays nowhere
    this.running += 1;
    const turn = (this.turn += 1);
    try {
      const { kit, now, sample } = this.basis(texts);
      const { service, ...wanted } = store.settings();
      const { verdict, ...how } = await judge(texts, kit, now, service);
      if (turn !== this.turn) return; // something newer was read meanwhile
      this.eyes.hint(null);
      signal(this.answer.show(verdict, this.words, { ...how, sample }), wanted);
      this.checks = wanted.count ? this.checks + 1 : 0;
      this.showCount();
    } finally {
      this.running -= 1;
    }
  }

  /** What to check with: the town's lists now; for the samples of the self-test theirs, at their time. */
  basis(texts) {
    if (this.selfTest && texts.length && texts.every((text) => this.selfTest.has(text))) {
      return { kit: this.selfTest.kit, now: this.selfTest.now, sample: true };
    }
    return { kit: this.lists.kit ?? NO_KIT, now: Math.floor(Date.now() / 1000), sample: false };
  }

  // The lists

  async update() {
    await this.say(await this.lists.update());
  }

  /** Say what came of the lists, until something better comes of them. */
  async say(came) {
    const day = this.state.day(this.lists.kit, this.words);
    const first = { [Update.OFFLINE]: "noKit", [Update.DAMAGED]: "damagedFirst" }[came];
    if (this.lists.unread) this.notice("unread", "bad");
    else if (came === Update.NEW || came === Update.SAME) this.notice(null);
    else if (!this.lists.kit && first) this.notice(first, "bad");
    else this.notice(came, came === Update.OFFLINE ? null : "bad", { day });
    this.showLists();
    if (came === Update.OTHER_ANCHOR || element("key").open) await this.showKeys();
  }

  showLists() {
    this.state.show(this.lists.kit, this.words);
    this.settings.offer(this.lists.kit);
  }

  /** Show the anchor in use and one that was offered and refused; `compared` is the offer that people see. */
  async showKeys() {
    const list = await wordList(this.words.language);
    // From here on nothing waits: what is seen and what the button takes are always the same.
    const { lineage, offered } = this.lists;
    if (lineage.length) showKey(element("pinned"), lineage.at(-1), list);
    if (offered) showKey(element("offered").querySelector("div"), offered.anchor, list);
    element("offered").hidden = !offered;
    this.compared = offered;
  }

  /** Trust the key that is shown, and the lists that came with it: no other, whatever is offered by now. */
  async pinAnew() {
    element("offered").hidden = true;
    await this.say(await this.lists.pin(this.compared));
    await this.showKeys();
  }

  // What else is on the page

  async showSelfTest() {
    const wanted = location.hash === "#self-test";
    const turn = (this.turn += 1); // what was being checked is not shown any more
    this.selfTest = null;
    element("self-test").hidden = !wanted;
    element("open-self-test").hidden = wanted;
    this.answer.clear({ quietly: true });
    if (!wanted) return;
    let [selfTest, passed] = [null, false];
    try {
      selfTest = await SelfTest.load();
      passed = await selfTest.passes();
    } catch (error) {
      reportError(error); // told on the page as a failed test
    }
    if (turn !== this.turn) return; // left meanwhile
    this.selfTest = selfTest;
    selfTest?.show(element("samples"), this.words, (texts) => this.checkAll(texts));
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
    this.eyes.write(this.words);
    this.showLists();
    this.showCount();
    // Elsewhere there is nothing of it to say anew, and it would take away the answer to what is read just now.
    if (!element("self-test").hidden) await this.showSelfTest();
    if (element("key").open) await this.showKeys();
  }
}

/** What there is before the first lists: every card is "cannot tell". */
const NO_KIT = { trustList: null, statusLists: new Map(), cardKeys: new Map(), ownLists: [] };

const words = await Words.load(store.settings().language);
const page = new Page(words);
if (globalThis.DecompressionStream) {
  await page.start();
  document.documentElement.dataset.started = "yes";
  prepare().catch(() => {}); // so that the first picture need not wait; without it the reader is loaded then
} else {
  words.write(document);
  element("starting").hidden = true;
  page.notice("oldBrowser", "bad");
}
