// Two files side by side by keyboard: J/K or the arrows move from field to field, 1, 2 and 3 choose left, right, both, W lets the
// other file stay, Ctrl+Enter merges.
const form = document.getElementById("merge");
const rows = [...form.querySelectorAll("[data-row].differs")];
let place = 0;

function mark(step) {
  if (!rows.length) return;
  rows[place].classList.remove("is-here");
  place = Math.min(Math.max(place + step, 0), rows.length - 1);
  rows[place].classList.add("is-here");
  rows[place].focus({ preventScroll: true });
  rows[place].scrollIntoView({ block: "nearest" });
}

function choose(key) {
  const input = rows[place]?.querySelector(`[data-key="${key}"]`);
  if (!input) return;
  input.checked = true;
  mark(1);
}

function swap() {
  form.querySelector("[name=keep]:not(:checked)").checked = true;
}

const DEEDS = { KeyJ: () => mark(1), ArrowDown: () => mark(1), KeyK: () => mark(-1), ArrowUp: () => mark(-1), KeyW: swap };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === "Enter" && !event.repeat) document.getElementById("merge-now").click();
    return;
  }
  if (event.target.matches("input[type=search], input[type=text], select, textarea")) return;
  const digit = /^(?:Digit|Numpad)([123])$/.exec(event.code);
  const deed = digit ? () => choose(digit[1]) : DEEDS[event.code];
  if (!deed || (event.repeat && digit)) return;
  event.preventDefault();
  deed();
});

mark(0);
