// Shows the chosen file's name in the drop zone and says at once when it is too big.
// The zone is an ordinary file input stretched over the area, so choosing and dropping work without this module.

function readableSize(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  const form = input.form;
  const name = zone.querySelector("[data-file-name]");
  const hint = zone.querySelector("[data-file-hint]");
  const errors = document.getElementById(input.getAttribute("aria-describedby"));
  zone.classList.add("is-live");

  input.addEventListener("change", () => {
    const file = input.files[0];
    if (!file) return;
    name.textContent = file.name;
    hint.textContent = readableSize(file.size);
    const tooBig = file.size > Number(input.dataset.maxBytes);
    input.setCustomValidity(tooBig ? input.dataset.tooBig : "");
    zone.classList.toggle("is-bad", tooBig);
    zone.classList.toggle("is-chosen", !tooBig);
    errors.replaceChildren();
    if (tooBig) errors.append(Object.assign(document.createElement("p"), { textContent: input.dataset.tooBig }));
  });
  for (const kind of ["dragenter", "dragover"]) input.addEventListener(kind, () => zone.classList.add("is-over"));
  for (const kind of ["dragleave", "drop"]) input.addEventListener(kind, () => zone.classList.remove("is-over"));
  form.addEventListener("submit", () => {
    if (form.dataset.busy) hint.textContent = form.dataset.busy;
  });
}
