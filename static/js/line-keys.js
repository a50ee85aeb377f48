// A list decided by keyboard: J/K or the arrows move, a digit presses the button of the marked line that carries it
// (data-key), U takes the last decision of this page back. The mark goes on at once; a line that was refused gets it back.
const answered = [];
const all = () => [...document.querySelectorAll("[data-line]")];
const here = () => document.querySelector("[data-line].is-here");

function mark(line) {
  if (!line) return;
  here()?.classList.remove("is-here");
  line.classList.add("is-here");
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const lines = all();
  mark(lines[Math.min(Math.max(lines.indexOf(here()) + step, 0), lines.length - 1)]);
}

function goOn(line) {
  const lines = all();
  const place = lines.indexOf(line);
  const rest = [...lines.slice(place + 1), ...lines.slice(0, place)];
  mark(rest.find((other) => other.hasAttribute("data-open") && !answered.includes(other.id)) ?? line);
}

function undo() {
  const line = document.getElementById(answered.at(-1));
  const button = line?.querySelector("[data-undo]");
  if (!button) return;
  answered.pop();
  mark(line);
  button.click();
}

const DEEDS = { KeyJ: () => move(1), ArrowDown: () => move(1), KeyK: () => move(-1), ArrowUp: () => move(-1), KeyU: undo };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const deed = digit ? () => here()?.querySelector(`[data-key="${digit[1]}"]`)?.click() : DEEDS[event.code];
  if (!deed || (event.repeat && digit)) return;
  event.preventDefault();
  deed();
});

// By key or by mouse.
document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-key]")?.closest("[data-line]");
  if (!line) return;
  answered.push(line.id);
  goOn(line);
});

document.addEventListener("htmx:afterSettle", (event) => {
  const line = event.target;
  if (!line.matches("[data-line]")) return;
  const isRefused = line.querySelector("[role=alert]");
  if (isRefused && answered.includes(line.id)) answered.splice(answered.indexOf(line.id), 1);
  if (isRefused || !here()) mark(line);
});

mark(all().find((line) => line.hasAttribute("data-open")) ?? all()[0]);
