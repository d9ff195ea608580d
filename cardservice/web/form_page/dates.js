// A birth date in three fields, of which the day, or the day and the month, may be empty: not everybody knows them.

const OLDEST_AGE = 150; // years

/** Return {date: "YYYYMMDD"}, 00 for what is not known, or {code, part} of what is wrong and in which field. */
export function birthDate({ day, month, year }, today = new Date()) {
  const typed = { day: day.trim(), month: month.trim(), year: year.trim() };
  if (!typed.day && !typed.month && !typed.year) return { code: "blank", part: "day" };
  if (!typed.year) return { code: "no-year", part: "year" };
  if (typed.day && !typed.month) return { code: "no-month", part: "month" };
  const read = Object.entries(typed).map(([part, text]) => [part, number(text, part === "year" ? 4 : 2)]);
  const unreadable = read.find(([, value]) => value === null);
  if (unreadable) return { code: "not-in-numbers", part: unreadable[0] };
  const parts = Object.fromEntries(read);
  const code = problem(parts, typed, today);
  return code ? { code, part: impossible(parts, typed) } : { date: [[parts.year, 4], [parts.month, 2], [parts.day, 2]].map(padded).join("") };
}

function padded([value, length]) {
  return String(value).padStart(length, "0");
}

/** The part that no date has, whatever the others are; the day where the whole is none. */
function impossible({ month }, typed) {
  return typed.month && (month < 1 || month > 12) ? "month" : "day";
}

function problem({ day, month, year }, typed, today) {
  const zeros = !year || (typed.month && !month) || (typed.day && !day);
  const earliest = new Date(0);
  earliest.setUTCFullYear(year, (month || 1) - 1, day || 1);
  if (zeros || earliest.getUTCMonth() + 1 !== (month || 1) || earliest.getUTCDate() !== (day || 1)) return "not-a-date";
  if (earliest.getTime() > Date.UTC(today.getFullYear(), today.getMonth(), today.getDate())) return "in-the-future";
  return year < today.getFullYear() - OLDEST_AGE ? "too-long-ago" : null;
}

/** The number that decimal digits of any script say; 0 for nothing, null for anything else. */
function number(text, longest) {
  const characters = [...text];
  if (characters.length > longest || !characters.every(isDigit)) return null;
  return characters.reduce((value, digit) => value * 10 + digitOf(digit), 0);
}

function isDigit(character) {
  return /^\p{Nd}$/u.test(character);
}

/** Unicode has the digits of a script in a row from nought to nine (The Unicode Standard §4.6). */
function digitOf(character) {
  const code = character.codePointAt(0);
  let before = 0;
  while (isDigit(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}
