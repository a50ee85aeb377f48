// A save on a slow line shows that it works, and is not sent twice. Whatever becomes of it, what was typed stands until it is saved.
import { forget, keep } from "./desk-draft.js";

const SLOW_SECONDS = 4;
const GUARDED = "#desk-form, #skip-dialog form, #situations-dialog form, [data-try-next]";
let isUnderWay = false;
let clock = null;

const button = () => document.querySelector("#desk [data-save]");
const status = () => document.getElementById("desk_saving");

function say(text, isWrong = false) {
  if (!status()) return;
  status().textContent = text ?? "";
  status().classList.toggle("wrong", isWrong);
}

function begin() {
  isUnderWay = true;
  keep();
  button()?.setAttribute("aria-disabled", "true");
  say(status()?.dataset.saving);
  clock = setTimeout(() => say(status()?.dataset.slow), SLOW_SECONDS * 1000);
}

function end(wrong) {
  isUnderWay = false;
  clearTimeout(clock);
  button()?.removeAttribute("aria-disabled");
  say(wrong, Boolean(wrong));
}

const isGuarded = (event) => event.target.matches?.(GUARDED);

// Before htmx looks for a request to replace: a second one would cut off the first, which is on its way.
document.addEventListener("htmx:confirm", (event) => isGuarded(event) && isUnderWay && event.preventDefault());
document.addEventListener("htmx:beforeRequest", (event) => isGuarded(event) && begin());
document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful, xhr } = event.detail; // the sender is off the page where the next card has taken its place
  if (!requestConfig.elt.matches(GUARDED)) return;
  end(successful ? "" : status()?.dataset.failed);
  const target = xhr.getResponseHeader("HX-Redirect") ?? "";
  if (successful && !target.includes("/login")) forget(); // else she logs in first, and it comes back
});
