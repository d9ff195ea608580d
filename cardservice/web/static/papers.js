// The papers' page says at every tick what is reached and what is missing. The server works it out and puts it into words,
// so that there is one truth; without this file the button "Count the points" does the same.

const AFTER = 150;

const form = document.querySelector("[data-papers]");
const place = form.querySelector("[data-reached]");
let waiting = 0;
let asked = null;

/** Only the newest answer counts: a slower one from before would say what is no longer ticked. */
async function work() {
  asked?.abort();
  asked = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    body.delete("form_code"); // what somebody says of themselves is not needed to count papers
    const answer = await fetch(form.dataset.papers, { method: "POST", body, signal: asked.signal, redirect: "error" });
    if (answer.ok) {
      say(await answer.json());
    }
  } catch {
    // Nobody is signed in any more, or there is no network: the form's own button says so when it is pressed.
  }
}

function say({ met, title, reached, parts }) {
  place.classList.toggle("reached--met", met);
  place.ariaLabel = title;
  place.replaceChildren(text("h2", title, "reached__title"), text("p", reached));
  for (const [heading, lines] of parts) {
    const list = document.createElement("ul");
    list.append(...lines.map((words) => text("li", words)));
    place.append(text("h3", heading, "reached__part"), list);
  }
}

function text(tag, words, name = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  made.className = name;
  return made;
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(work, AFTER);
});
/** A letter typed on a tick goes to the next paper that begins with it, as in any list to choose from. */
form.addEventListener("keydown", (event) => {
  const here = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || here.type !== "checkbox" || !/^\p{L}$/u.test(event.key)) {
    return;
  }
  const all = [...form.querySelectorAll("[type=checkbox]")];
  const after = all.indexOf(here) + 1;
  const begins = (box) => box.labels[0].textContent.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase());
  [...all.slice(after), ...all.slice(0, after)].find(begins)?.focus();
});

form.dataset.ready = "";
