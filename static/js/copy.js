// A button with data-copy puts that text on the clipboard and says so with data-copied.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http inside a dealership: the old way still works there.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  if (button.textContent === button.dataset.copied) return;
  const before = [...button.childNodes];
  button.replaceChildren(button.dataset.copied);
  setTimeout(() => button.replaceChildren(...before), 1500);
});
