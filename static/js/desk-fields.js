// Small helpers of the desk: the usual moments for a promise, the note, the dialogs, the boxes for a number.
import { desk, go, isTyping, resume, stopNamed } from "./desk-stops.js";

function promise(button) {
  const field = document.querySelector("[data-promise]");
  field.value = button.dataset.moment;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// Behind what stands there already.
export function writeNote() {
  const note = desk().querySelector("[data-note]");
  note.focus();
  note.setSelectionRange(note.value.length, note.value.length);
}

const deeds = {
  moment: promise,
  skip: () => document.getElementById("skip-dialog").showModal(),
  keys: () => document.getElementById("keys-dialog").showModal(),
  close: (button) => button.closest("dialog").close(),
};

document.addEventListener("click", (event) => {
  for (const [name, deed] of Object.entries(deeds)) {
    const button = event.target.closest(`button[data-${name}]`);
    if (button) deed(button);
  }
});
// Digits, and letters where the digits are taken.
export function inDialog(event, dialog) {
  const digit = /^(?:Digit|Numpad|Key)([0-9A-D])$/.exec(event.code);
  if (!digit || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault(); // what opens may be a field, which is not to begin with the digit
  [...dialog.querySelectorAll(`[data-key="${digit[1]}"]`)].find((choice) => choice.checkVisibility())?.click();
}

// A skip that was refused says so in its dialog.
const reopen = () => document.querySelector("dialog[data-open]")?.showModal();
document.addEventListener("htmx:afterSettle", (event) => event.target.id === "desk" && reopen());
reopen();

// A box for a number takes the focus as it opens. While it stands open a digit is for it, never for the survey.
const boxes = () => [...document.querySelectorAll("#desk details.fix[open]")];

function closeOthers(kept) {
  for (const box of boxes()) if (!box.contains(kept)) box.open = false;
}

function opened(event) {
  if (!event.target.matches("#desk details.fix[open]")) return;
  closeOthers(event.target);
  event.target.querySelector("input").focus();
}

function digit(event) {
  const box = boxes()[0];
  if (!box || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !/^(Digit|Numpad)\d$/.test(event.code)) return;
  event.stopPropagation();
  box.querySelector("input").focus();
}

document.addEventListener("toggle", opened, true);
document.addEventListener("keydown", digit, true);
document.addEventListener("pointerdown", (event) => closeOthers(event.target));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "desk_numbers") return;
  const box = event.target.querySelector("details[open] input");
  if (box) box.focus();
  else if (desk().querySelector(".is-stop")) resume();
  else go(stopNamed("phone"));
});
// What was written down in the file beside it gives the desk its keys back; the numbers are read again by themselves.
for (const told of ["fileCareChanged", "besideChanged"]) document.addEventListener(told, () => desk() && resume());
