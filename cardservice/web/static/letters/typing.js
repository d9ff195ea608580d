// What keys do to the text of a field: at the caret, one character as people count them at a time. Whoever listens to the
// field hears of it as of any typing.

const graphemes = globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The last character before a place, as people count: a letter with its marks. */
export function last(text) {
  return graphemes ? ([...graphemes.segment(text)].at(-1)?.segment ?? "") : (text.match(/\P{M}?\p{M}*$/u)?.[0] ?? "");
}

function first(text) {
  return graphemes ? (graphemes.segment(text)[Symbol.iterator]().next().value?.segment ?? "") : (text.match(/^\P{M}?\p{M}*/u)?.[0] ?? "");
}

/** A letter and what comes upon it become one code point where there is one (NFC). */
export function together(before, typed) {
  return (before + typed).normalize("NFC");
}

/** Put what was typed where the caret is, or in the place of what is selected. `join` is how it meets what stands before. */
export function insert(field, typed, join = together) {
  const { selectionStart, selectionEnd } = field;
  const before = last(field.value.slice(0, selectionStart));
  field.setRangeText(join(before, typed), selectionStart - before.length, selectionEnd, "end");
  tell(field, "insertText", typed);
}

/** Take away what is selected, or the character before the caret. */
export function erase(field) {
  const { selectionStart, selectionEnd } = field;
  const length = selectionStart === selectionEnd ? last(field.value.slice(0, selectionStart)).length : 0;
  field.setRangeText("", selectionStart - length, selectionEnd, "end");
  tell(field, "deleteContentBackward", null);
}

/** Move the caret one character towards the start of the text, or towards its end: which side that is, its script decides. */
export function move(field, towardsTheEnd) {
  const { value, selectionStart, selectionEnd } = field;
  const place = towardsTheEnd
    ? selectionEnd + first(value.slice(selectionEnd)).length
    : selectionStart - last(value.slice(0, selectionStart)).length;
  field.setSelectionRange(place, place);
}

/** Whether a word begins at the caret. */
export function beginsAWord(field) {
  return /(^|[\s-])$/u.test(field.value.slice(0, field.selectionStart));
}

function tell(field, inputType, data) {
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType, data }));
}
