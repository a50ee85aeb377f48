// The reason is asked only for full data; and after a sheet has come at once the form may be sent again, as another wish.
// Without this module both still hold: the server asks for the reason, and the same wish twice is the same sheet.

for (const form of document.querySelectorAll("form[data-export]")) {
  const why = form.querySelector(".why");
  const show = () => {
    if (!why) return;
    why.hidden = form.elements.data.value !== "full";
    why.querySelector("input").required = !why.hidden;
  };
  form.addEventListener("change", show);
  show();
}
