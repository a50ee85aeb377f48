// The desk by keyboard. Letters are read by their place on the board (event.code), so an input method that is switched on
// does not swallow them; while something is being typed only Ctrl+Enter, the F keys and Esc are ours.
import { inDialog, writeNote } from "./desk-fields.js";
import { advance, desk, go, isTyping, move, press, showTopic, start, stopNamed } from "./desk-stops.js";

const LEVELS = { F1: "F1", F2: "F2", F3: "F3", KeyJ: "F1", KeyW: "F2", KeyX: "F3" };
const find = (selector) => desk().querySelector(selector);
const current = () => find("[data-topic].is-current");
let byArrow = false;

function level(name) {
  const input = find(`[data-level="${name}"]`);
  if (input.checked) advance(input);
  else input.click();
}

// A call at another time is a result of a call that was answered.
function promise() {
  find('[data-level="F1"]').checked = true;
  const result = find('[name="outcome"][data-effect="promise"]');
  if (result && !find('.own-outcome [data-effect="promise"]:checked')) result.checked = true;
  go(stopNamed("promise"));
}

const LETTERS = {
  KeyR: () => go(stopNamed("reason")),
  KeyB: writeNote,
  KeyP: promise,
  KeyE: () => find("#expect_panel input")?.focus(),
  KeyK: () => current()?.querySelector("[data-complain]").click(),
  KeyC: () => find(".number:has(:checked) [data-copy]")?.click(),
  KeyT: () => find("[data-try-next]").click(),
  KeyQ: () => find("[data-situations]").click(),
  KeyS: () => find("[data-skip]").click(),
  PageUp: () => find("[data-previous]").click(),
  PageDown: () => find("[data-skip]").click(),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
};

function enter(event) {
  const field = event.target;
  if (field.matches("button, a, summary") || !desk().contains(field)) return;
  if (field.matches("textarea") && (event.shiftKey || !field.closest(".question"))) return;
  event.preventDefault();
  if (field.matches("[data-enter]")) field.parentElement.querySelector("button").click(); // its own, beside it
  else if (field.matches("[type=radio], textarea")) move(1);
}

function escape(event) {
  event.preventDefault();
  const open = find("details[open]");
  if (open) open.open = false;
  else if (isTyping(event.target)) event.target.blur();
  else find("[data-release]").click();
}

document.addEventListener("keydown", (event) => {
  if (!desk() || event.isComposing) return;
  byArrow = event.code === "ArrowLeft" || event.code === "ArrowRight";
  const dialog = desk().querySelector("dialog[open]");
  if (dialog) return inDialog(event, dialog);
  const control = event.ctrlKey || event.metaKey;
  if (event.code in LEVELS && event.code.startsWith("F") && !control) {
    event.preventDefault();
    return level(event.code);
  }
  if (control && event.key === "Enter") {
    event.preventDefault();
    return find("[data-save]").click();
  }
  if (event.key === "Escape" || event.key === "Enter") return event.key === "Enter" ? enter(event) : escape(event);
  if (isTyping(event.target)) return;
  if (control && event.code === "KeyZ" && find("[data-undo]")) {
    event.preventDefault();
    return find("[data-undo]").click();
  }
  if (control || event.altKey) return;
  if (event.key === "?") return find("[data-keys]").click();
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const deed = digit ? () => press(digit[1]) : event.code in LEVELS ? () => level(LEVELS[event.code]) : LETTERS[event.code];
  if (!deed) return;
  event.preventDefault();
  deed();
});

document.addEventListener("change", (event) => {
  if (desk()?.contains(event.target) && event.target.matches("#desk-form [type=radio]") && !byArrow) advance(event.target);
});
document.addEventListener("click", (event) => {
  const header = event.target.closest("#desk [data-topic] > header");
  if (header && !event.target.closest("select, button")) showTopic(header.parentElement);
});
document.addEventListener("htmx:afterSettle", (event) => event.target.id === "desk" && start());
if (desk()) start();
