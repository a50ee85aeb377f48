// The first question about the file by keyboard: Y is "still right", N goes into the field for what is right now. While something
// is typed, or a dialog stands open, the keys are not ours.
const isTyping = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const first = () => document.querySelector("#file_care [data-ask]");

const DEEDS = {
  KeyY: () => first()?.querySelector("[data-care-yes]"),
  KeyN: () => first()?.querySelector("input"),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const found = DEEDS[event.code]?.();
  if (!found) return;
  event.preventDefault();
  if (found.matches("button")) found.click();
  else found.focus();
});

// A refused answer keeps what was typed, and the field; an accepted one gives the desk its keys back.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "file_care") event.target.querySelector("[aria-invalid]")?.focus();
});
