// The question for a child's caretaker, on the page as soon as the year typed may be a child's. The desk asks in any
// case when the form is sent: without JavaScript, or where the year is written in other digits, it is asked then.

const question = document.querySelector("[data-children-born-since]");
const year = document.querySelector("#birth_year");

function show() {
  const ticked = question.querySelector("input").checked;
  question.hidden = !ticked && !(Number(year.value) >= Number(question.dataset.childrenBornSince));
}

if (question) {
  year.addEventListener("input", show);
  show();
}
