// A file input speaks the browser's language; one with data-choose is given a face that speaks the page's.
// Without this file it stays as the browser shows it.
function dress(input) {
  if (input.parentElement.matches(".file-field")) return;
  const field = document.createElement("span");
  field.className = "file-field";
  input.replaceWith(field);
  const face = document.createElement("span");
  face.className = "file-face form-control";
  face.setAttribute("aria-hidden", "true");
  const button = document.createElement("b");
  button.textContent = input.dataset.choose;
  const chosen = document.createElement("span");
  face.append(button, chosen);
  field.append(input, face);
  const tell = () => {
    const names = [...input.files].map((file) => file.name);
    const many = input.dataset.many.replace("#", names.length);
    chosen.textContent = names.length > 1 ? many : names[0] || input.dataset.none;
    input.title = names.join("\n") || input.dataset.none;
  };
  input.addEventListener("change", tell);
  input.form?.addEventListener("reset", () => setTimeout(tell));
  tell();
}

document.querySelectorAll("input[data-choose]").forEach(dress);
