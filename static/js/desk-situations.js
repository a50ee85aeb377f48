// Situations: Q opens the list, a digit takes one. Where something has to be known first, its part of the dialog opens in place.

const dialog = () => document.getElementById("situations-dialog");
const form = () => dialog().querySelector("form");

function showParts(asks) {
  for (const part of dialog().querySelectorAll("[data-part]")) part.hidden = !part.dataset.part.split(" ").includes(asks);
  dialog().classList.toggle("is-asking", Boolean(asks));
  dialog().querySelector("[data-situation-save]").hidden = !asks;
  if (asks === "workshop") dialog().querySelector("#desk_colleagues").dispatchEvent(new Event("desk:colleagues"));
}

function choose(button) {
  form().elements["situation-what"].value = button.dataset.situation;
  for (const other of dialog().querySelectorAll("[data-situation]")) other.classList.toggle("is-chosen", other === button);
  showParts(button.dataset.asks);
  if (!button.dataset.asks) return form().requestSubmit();
  const fields = [...dialog().querySelectorAll("[data-part]:not([hidden])")].flatMap((part) => [...part.querySelectorAll("textarea, input")]);
  (fields.find((field) => field.matches("textarea, :checked")) ?? fields[0] ?? dialog().querySelector("[data-situation-save]")).focus();
}

function open() {
  showParts("");
  for (const other of dialog().querySelectorAll(".is-chosen")) other.classList.remove("is-chosen");
  const words = form().elements["situation-words"];
  const note = document.querySelector("[data-note]").value;
  if (!words.value) words.value = note.slice(0, words.maxLength);
  dialog().showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-situations]")) open();
  const button = event.target.closest("button[data-situation]");
  if (button) choose(button);
});

// Enter does it, wherever one stands in the dialog; a line break in the words is not wanted.
document.addEventListener("keydown", (event) => {
  const save = dialog()?.querySelector("[data-situation-save]");
  if (event.key !== "Enter" || event.isComposing || !dialog()?.open || save.hidden || event.target.closest("button")) return;
  event.preventDefault();
  form().requestSubmit();
});

// A refused one opens again where it was. (desk-fields.js opens the dialog.)
function reopen() {
  const what = dialog()?.hasAttribute("data-open") && form().elements["situation-what"].value;
  const button = what && dialog().querySelector(`[data-situation="${what}"]`);
  if (!button) return;
  button.classList.add("is-chosen");
  showParts(button.dataset.asks);
}
document.addEventListener("htmx:afterSettle", (event) => event.target.id === "desk" && reopen());
if (dialog()) reopen();

// What was said of a car is taken back: its topics are spoken about again.
document.addEventListener("change", (event) => {
  if (!event.target.matches("#desk [name=mark]")) return;
  const car = event.target.value.split(":")[0];
  for (const topic of document.querySelectorAll(`#desk [data-settled][data-car="${car}"]`)) delete topic.dataset.settled;
});
