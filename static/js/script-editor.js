// The script editor by keyboard and mouse: placeholders go in where the caret was last, F2 finds one by typing, Ctrl+Enter saves, and
// a fault named in the preview leads to its line. The preview speaks the language of the text one writes in.
const form = document.querySelector("[data-script-form]");
const filter = document.querySelector("[data-filter]");
const texts = [...form.querySelectorAll("[data-text]")];
const words = [...document.querySelectorAll("[data-insert]")];
const textOf = (language) => texts.find((text) => text.dataset.text === language);
const matching = () => words.filter((word) => !word.closest("li").hidden);
let last = texts[0];

// As if typed, so that Ctrl+Z takes it back.
function insert(word) {
  const text = `{${word}}`;
  last.focus();
  if (!document.execCommand("insertText", false, text)) {
    last.setRangeText(text, last.selectionStart, last.selectionEnd, "end");
    last.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function narrow() {
  const wanted = filter.value.trim().toLowerCase();
  for (const word of words) word.closest("li").hidden = !word.dataset.words.toLowerCase().includes(wanted);
  const rest = document.querySelector(".placeholders details");
  if (rest) rest.open = wanted !== "" && !matching().some((word) => !rest.contains(word));
}

function showLine(text, number) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
  text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (number - 4));
}

function speak(language) {
  const choice = document.querySelector(`[name="lang"][value="${language}"]`);
  if (!choice || choice.checked) return;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const text of texts) {
  text.addEventListener("focus", () => {
    last = text;
    speak(text.dataset.text);
  });
}
filter.addEventListener("input", narrow);

document.addEventListener("click", (event) => {
  const word = event.target.closest("[data-insert]");
  const fault = event.target.closest("[data-fault]");
  if (word) insert(word.dataset.insert);
  if (fault) showLine(textOf(fault.dataset.fault), Number(fault.dataset.line));
});

function fromFilter(event) {
  const first = matching()[0];
  if (event.key === "Enter" && first) insert(first.dataset.insert);
  else if (event.key === "ArrowDown") first?.focus();
  else if (event.key === "Escape") last.focus();
  else return false;
  if (event.key !== "ArrowDown") {
    filter.value = "";
    narrow();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") form.querySelector("[data-save]").click();
  else if (event.key === "F2") filter.focus();
  else if (event.target === filter ? !fromFilter(event) : true) return;
  event.preventDefault();
});
