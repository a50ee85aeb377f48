// Small helpers of the desk: the usual moments for a promise, the dialogs.

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
