// A box marked data-mark-all marks or clears every box of its table.

for (const all of document.querySelectorAll("[data-mark-all]")) {
  const boxes = all.closest("table").querySelectorAll("tbody input[type=checkbox]");
  const follow = () => {
    const marked = [...boxes].filter((box) => box.checked).length;
    all.checked = marked > 0 && marked === boxes.length;
    all.indeterminate = marked > 0 && marked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", follow);
  follow();
}
