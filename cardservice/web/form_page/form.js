// The form: what is typed is checked, becomes a code, and is forgotten. Nothing is sent and nothing is stored.

import { nameField } from "../static/letters/name-field.js";
import { formText } from "./code.js";
import { birthDate } from "./dates.js";
import { nameProblem, tidy } from "./names.js";
import { draw } from "./symbol.js";
import { browsersLanguage, Words } from "./words.js";

const find = (id) => document.getElementById(id);
const [form, result, problems, said, symbol] = ["form", "result", "problems", "said", "symbol"].map(find);
const field = (name) => form.elements[name];
const town = Uint8Array.from(document.body.dataset.mark.match(/../g), (digits) => parseInt(digits, 16));
let words = null;
let found = [];
let answers = null;
let keyboards = [];

/** Return the answers as typed, and fill `found` with what is wrong: [field, name of the words, character]. */
function read() {
  found = [];
  const name = readName("name", "language");
  const { date, code, part } = birthDate({ day: field("day").value, month: field("month").value, year: field("year").value });
  if (code) found.push([part, `date.${code}`]);
  const second = tidy(field("second").value) ? readName("second", "language_second") : {};
  return { town, ...name, birthDate: date, nameSecond: second.name, languageSecond: second.language };
}

function readName(name, language) {
  const read = { name: tidy(field(name).value), language: field(language).value };
  const problem = nameProblem(read.name);
  if (problem) found.push([name, `name.${problem.code}`, problem.character]);
  if (!read.language) found.push([language, "language.blank"]);
  return read;
}

function tell() {
  problems.hidden = !found.length;
  find("problem-list").replaceChildren(...found.map(([name, word, character]) => link(name, words.get(word, character))));
  for (const place of document.querySelectorAll("[data-problem]")) {
    const problem = found.find(([name]) => place.dataset.problem.split(" ").includes(name));
    place.textContent = problem ? words.get(problem[1], problem[2]) : "";
  }
  for (const input of form.querySelectorAll("input, select")) {
    const isWrong = found.some(([name]) => name === input.name);
    isWrong ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
  }
  if (found.some(([name]) => ["second", "language_second"].includes(name))) find("more").open = true;
}

function link(name, text) {
  const [item, anchor] = [document.createElement("li"), document.createElement("a")];
  anchor.href = `#${name}`;
  anchor.textContent = text;
  anchor.addEventListener("click", (event) => {
    event.preventDefault(); // the address stays as it is
    field(name).focus();
  });
  item.append(anchor);
  return item;
}

function show() {
  form.hidden = find("before").hidden = Boolean(answers);
  result.hidden = !answers;
  for (const place of document.querySelectorAll("[data-answer]")) place.textContent = "";
  if (!answers) return symbol.replaceChildren();
  const texts = {
    name: answers.name,
    language: words.nameOf(answers.language),
    birthDate: words.date(answers.birthDate),
    nameSecond: answers.nameSecond ?? "",
    languageSecond: answers.nameSecond ? words.nameOf(answers.languageSecond) : "",
  };
  for (const [name, text] of Object.entries(texts)) {
    const place = document.querySelector(`[data-answer=${name}]`);
    place.textContent = text;
    place.closest("div").hidden = !text;
  }
  draw(symbol, formText(answers));
}

function make(event) {
  event.preventDefault();
  said.textContent = "";
  const typed = read();
  tell();
  if (found.length) return problems.focus();
  answers = typed;
  show();
  // The telephone's own Back leads to the answers, as on pages that follow one another; it is told nothing of them.
  history.pushState(null, "");
  find("result-title").focus();
}

function change() {
  answers = null;
  show();
  field("name").focus();
}

/** Forget everything. A value that is set like this cannot be brought back by undoing either. */
function erase() {
  for (const input of form.querySelectorAll("input, select")) input.value = "";
  [found, answers] = [[], null];
  for (const keyboard of keyboards) {
    keyboard.close();
    keyboard.rewrite();
  }
  find("more").open = false;
  tell();
  show();
}

function speak(language) {
  words = new Words(language);
  words.write();
  for (const button of document.querySelectorAll("#languages button")) {
    button.lang === language ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current");
  }
  for (const keyboard of keyboards) keyboard.rewrite();
  tell();
  show();
}

/** The letters on the screen for a name: a kiosk has a keyboard of one script. */
function keyboard(name, language) {
  const said = (word) => (word === "called" ? `${words.get("letters")} – ${words.get(name)}` : words.get(`letters.${word}`));
  return nameField(field(name), field(language), find(`${name}-letters`), said);
}

form.addEventListener("submit", make);
find("change").addEventListener("click", () => history.back());
addEventListener("popstate", () => answers && change());
find("print").addEventListener("click", () => print());
for (const button of document.querySelectorAll("[data-erase]")) {
  button.addEventListener("click", () => {
    erase();
    said.textContent = words.get("erased");
    field("name").focus();
  });
}
find("languages").addEventListener("click", ({ target }) => target.lang && target.localName === "button" && speak(target.lang));
// A page that is left and shown again, by a browser that kept it aside, is as empty as a new one.
addEventListener("pagehide", erase);
addEventListener("pageshow", ({ persisted }) => persisted && erase());

find("not-started").remove();
find("keep").hidden = !location.protocol.startsWith("http");
speak(browsersLanguage());
keyboards = [keyboard("name", "language"), keyboard("second", "language_second")];
erase(); // what a browser has put back into the fields
find("page").hidden = false;
