// What was left unfinished: U opens the tray, a digit goes on with one of it; where there is but one, U does.

const tray = () => document.querySelector("#bar details.tray");
const goOn = (key) => tray().querySelector(`[data-tray="${key}"]`)?.click();
const isTyping = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

function keys(event) {
  if (!tray() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (event.code === "KeyU") {
    if (tray().querySelectorAll("[data-tray]").length === 1) goOn("1");
    else tray().open = !tray().open;
  } else if (digit && tray().open) {
    goOn(digit[1]);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", keys, true);
