// A dissatisfied answer opens the complaint beside the question (the stylesheet shows it); here it is filled in as far as we know.

const note = () => document.querySelector("[data-note]")?.value.trim() ?? "";

function words(answer) {
  const question = answer.closest(".question");
  const asked = [...question.querySelector("legend").childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const said = [...answer.parentElement.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const text = (nodes) => nodes.map((node) => node.textContent).join("").trim();
  return `${text(asked)} ${text(said)}`;
}

function fill(topic) {
  const block = topic.querySelector("[data-complaint]");
  const alarms = [...topic.querySelectorAll(".is-alarm input:checked")];
  const [open, waive] = block.querySelectorAll("[type=radio]");
  const summary = block.querySelector("[data-summary]");
  if (alarms.length && !open.checked && !waive.checked) {
    open.checked = true;
    block.dataset.auto = "1";
  } else if (!alarms.length && block.dataset.auto) {
    open.checked = waive.checked = false;
    delete block.dataset.auto;
  }
  if (!alarms.length) return;
  const cause = block.querySelector("[data-cause]");
  // The first dissatisfaction that says with what; "overall" says nothing of that.
  const named = alarms.map((alarm) => alarm.dataset.alarm);
  const proposed = named.find((code) => code && code !== "other") ?? named[0];
  if (!cause.value || cause.value === cause.dataset.proposal) {
    cause.value = proposed;
    cause.dispatchEvent(new Event("refill"));
  }
  cause.dataset.proposal = proposed;
  const proposal = [note(), ...alarms.map(words)].filter(Boolean).join("\n");
  if (!summary.value || summary.value === summary.dataset.proposal) summary.value = proposal;
  summary.dataset.proposal = proposal;
}

document.addEventListener("change", (event) => {
  const topic = event.target.closest("[data-topic]");
  if (topic && event.target.matches(".question input")) fill(topic);
});

// A note typed after the answer belongs to the proposal too.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-note]")) return;
  for (const topic of document.querySelectorAll("[data-topic]:has(.is-alarm :checked)")) fill(topic);
});

document.addEventListener("click", (event) => {
  const topic = event.target.closest("[data-topic]");
  const block = topic?.querySelector("[data-complaint]");
  if (event.target.closest("[data-complain]")) {
    block.querySelector("[value=open]").checked = true;
    const summary = block.querySelector("[data-summary]");
    if (!summary.value) summary.value = note();
    summary.focus();
  }
  if (event.target.closest("[data-uncomplain]")) {
    for (const radio of block.querySelectorAll("[type=radio]")) radio.checked = false;
  }
});
