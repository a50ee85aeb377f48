// Small helpers of the desk: the usual moments for a promise, the dialogs, the boxes for a number.

function promise(button) {
  const field = document.querySelector("[data-promise]");
  field.value = button.dataset.moment;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

const deeds = {
  moment: promise,
  skip: () => document.getElementById("skip-dialog").showModal(),
  keys: () => document.getElementById("keys-dialog").showModal(),
  close: (button) => button.closest("dialog").close(),
};

document.addEventListener("click", (event) => {
  for (const [name, deed] of Object.entries(deeds)) {
    const button = event.target.closest(`button[data-${name}]`);
    if (button) deed(button);
  }
});
// A skip that was refused says so in its dialog.
const reopen = () => document.querySelector("dialog[data-open]")?.showModal();
document.addEventListener("htmx:afterSettle", (event) => event.target.id === "desk" && reopen());
reopen();

// A box for a number takes the focus as it opens. While it stands open a digit is for it, never for the survey.
const boxes = () => [...document.querySelectorAll("#desk details.fix[open]")];
const isField = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

function closeOthers(kept) {
  for (const box of boxes()) if (!box.contains(kept)) box.open = false;
}

function opened(event) {
  if (!event.target.matches("#desk details.fix[open]")) return;
  closeOthers(event.target);
  event.target.querySelector("input").focus();
}

function digit(event) {
  const box = boxes()[0];
  if (!box || isField(event.target) || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !/^(Digit|Numpad)\d$/.test(event.code)) return;
  event.stopPropagation();
  box.querySelector("input").focus();
}

document.addEventListener("toggle", opened, true);
document.addEventListener("keydown", digit, true);
document.addEventListener("pointerdown", (event) => closeOthers(event.target));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "desk_numbers") return;
  (event.target.querySelector("details[open] input") ?? event.target.querySelector(":checked"))?.focus();
});
