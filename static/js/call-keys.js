// One call, by keyboard: back and forth through one's own calls of the day, back to the card or the queue, undo.

const DEEDS = { PageUp: "[data-earlier]", PageDown: "[data-later]", Escape: "[data-back]" };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.target.matches("input, select, textarea")) return;
  const control = event.ctrlKey || event.metaKey;
  const wanted = control && event.code === "KeyZ" ? "[data-undo]" : !control && DEEDS[event.code];
  const target = wanted && document.querySelector(wanted);
  if (!target) return;
  event.preventDefault();
  target.click();
});
