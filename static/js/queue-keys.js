// The queue by keyboard: N or Enter takes the next card, the arrows walk the rows, Ctrl+Z undoes the last call.

const isBusy = (element) => element.matches("input, select, textarea, button, a, summary");

function walk(step) {
  const rows = [...document.querySelectorAll(".card-row [id^=take-]")];
  const place = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(place + step, 0), rows.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.target.matches("input, select, textarea")) return;
  const control = event.ctrlKey || event.metaKey;
  const deed = {
    KeyN: () => document.getElementById("take-next").click(),
    Enter: () => document.getElementById("take-next").click(),
    ArrowDown: () => walk(1),
    ArrowUp: () => walk(-1),
  }[event.code];
  if (control && event.code === "KeyZ") document.querySelector("[data-undo]")?.click();
  else if (!control && deed && !(event.code === "Enter" && isBusy(event.target))) deed();
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
