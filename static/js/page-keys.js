// Keys of every page: "/" goes to the search, wherever one is; the arrows walk from its box through what was found; a digit opens the
// link that shows it; Ctrl+Enter sends the form one types in. (The desk has its own keys: desk-keys.js.)

const isTyping = (element) => element.matches("input, select, textarea");
const box = () => document.querySelector("main input[type=search], #reception-q");
const found = () => [...document.querySelectorAll("#search_results .name a")];

function find() {
  if (box()) box().select();
  else if (document.body.dataset.find) location.href = document.body.dataset.find;
  else return false;
  box()?.focus();
  return true;
}

function walk(step, from) {
  const lines = found();
  const place = lines.indexOf(from);
  if (!lines.length || (place < 0 && from !== box())) return false;
  if (place + step < 0) box().focus();
  else lines[Math.min(place + step, lines.length - 1)].focus();
  return true;
}

function send(field) {
  const form = field.form;
  if (!form || form.id === "desk-form" || field.closest("dialog") || !field.matches("textarea, input")) return false;
  form.requestSubmit();
  return true;
}

function open(digit) {
  const link = document.querySelector(`[data-page-key="${digit}"]`);
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const control = event.ctrlKey || event.metaKey;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  let isDone = false;
  if (control && event.key === "Enter") isDone = send(event.target);
  else if (control || document.querySelector("dialog[open]")) return;
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") isDone = walk(event.key === "ArrowDown" ? 1 : -1, event.target);
  else if (isTyping(event.target)) return;
  else if (event.key === "/") isDone = find();
  else if (digit) isDone = open(digit[1]);
  if (isDone) event.preventDefault();
});
