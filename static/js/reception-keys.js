// The desk by keyboard: "/" goes to the search box, the arrows walk the lines from there.

const box = () => document.getElementById("reception-q");

function walk(step) {
  const lines = [...document.querySelectorAll("[data-line]")];
  const place = lines.indexOf(document.activeElement);
  if (place + step < 0 && box()) box().focus();
  else lines[Math.min(Math.max(place + step, 0), lines.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "/" && !isTyping && box()) box().focus();
  else if (["ArrowDown", "ArrowUp"].includes(event.key) && (!isTyping || event.target === box())) {
    walk(event.key === "ArrowDown" ? 1 : -1);
  } else return;
  event.preventDefault();
});
