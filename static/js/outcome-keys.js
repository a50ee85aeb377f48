// The outcome list by keyboard: arrows (or J/K) walk, Alt with an arrow moves the marked result, Enter opens it. The focus stays on the
// result while the list is drawn anew, because its row keeps its id.
const lines = () => [...document.querySelectorAll("[data-line]")].filter((line) => line.getClientRects().length);
const WALK = { ArrowDown: 1, KeyJ: 1, ArrowUp: -1, KeyK: -1 };

function walk(step) {
  const all = lines();
  const here = all.indexOf(document.activeElement.closest?.("[data-line]"));
  all[Math.min(Math.max(here + step, 0), all.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.target.matches("input, select, textarea")) return;
  const line = event.target.closest?.("[data-line]");
  const step = WALK[event.code];
  if (event.altKey && step && line) line.querySelector(`[data-move="${step > 0 ? "down" : "up"}"]`)?.click();
  else if (!event.altKey && step) walk(step);
  else if (!event.altKey && event.code === "Enter" && event.target === line) line.querySelector("a")?.click();
  else return;
  event.preventDefault();
});
