// The way through a call: groups of choices ("stops") in the order in which a specialist meets them. The number keys answer the
// stop one stands on. A stop is a fieldset with data-stop, or a question; its choices carry data-key.

let here = null;

export const desk = () => document.getElementById("desk");
export const isTyping = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const chosen = (name) => desk().querySelector(`[name="${name}"]:checked`);
const isShown = (element) => element.getClientRects().length > 0;
const isLeft = (topic) => "settled" in topic.dataset || topic.querySelector(".own-outcome").value === "leave";

function stopsOfTopic(topic) {
  const complaint = topic.querySelector("[data-complaint]");
  const isOpen = topic.querySelector(".is-alarm :checked") || complaint.querySelector("[value=open]:checked");
  return [...topic.querySelectorAll(".question"), ...(isOpen ? [complaint] : [])];
}

export function stops() {
  const one = (name) => [...desk().querySelectorAll(`#desk-form [data-stop="${name}"]`)].filter(isShown);
  const topics = [...desk().querySelectorAll("[data-topic]")].filter((topic) => !isLeft(topic));
  const asked = chosen("level")?.value === "reached" ? topics.flatMap(stopsOfTopic) : [];
  return [...one("phone"), ...one("level"), ...one("who"), ...asked, ...one("reason"), ...one("promise")];
}

export const stopNamed = (name) => stops().find((stop) => stop.dataset.stop === name);

export function showTopic(topic) {
  for (const other of desk().querySelectorAll("[data-topic]")) other.classList.toggle("is-current", other === topic);
}

// Stand on a stop: marked, in sight, and with the focus in it, so that screen readers and arrow keys follow.
export function go(stop) {
  if (!stop) return;
  const topic = stop.closest("[data-topic]");
  if (topic) showTopic(topic);
  for (const other of desk().querySelectorAll(".is-stop")) other.classList.remove("is-stop");
  stop.classList.add("is-stop");
  here = stop;
  const field = stop.querySelector("[data-summary], textarea") ?? stop.querySelector(":checked") ?? stop.querySelector("input, button");
  field?.focus({ preventScroll: true });
  stop.scrollIntoView({ block: "nearest" });
}

export function move(step) {
  const all = stops();
  const place = all.indexOf(here);
  go(all[Math.min(Math.max(place + step, 0), all.length - 1)]);
}

// After a choice: on to what comes next in the call.
export function advance(input) {
  const stop = input.closest("[data-stop], .question");
  if (!stop) return;
  here = stop;
  const kind = stop.dataset.stop ?? "question";
  if (kind === "level") {
    const reasons = [...desk().querySelectorAll('[data-stop="reason"]')].find(isShown);
    if (input.value === "reached" && !reasons.querySelector(":checked")) reasons.querySelector("input").checked = true;
    go(input.value === "reached" ? stopNamed("who") : reasons);
  } else if (kind === "who" || kind === "question") {
    move(1);
  } else if (kind === "reason" && input.dataset.effect === "promise") {
    go(stopNamed("promise"));
  } else if (kind === "reason" && "needsNote" in input.dataset) {
    desk().querySelector("[data-note]").focus();
  }
}

export function press(key) {
  if (!here?.isConnected) here = stops()[0];
  const target = here?.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.checked) advance(target);
  else target.click();
  return true;
}

// Where a call that was left goes on: what has no answer yet, else its result.
function goOn(level) {
  if (level.value !== "reached") return stopNamed("reason");
  const isOpen = (stop) => !stop.matches('[data-stop="phone"], [data-stop="level"], [data-stop="promise"]') && !stop.querySelector(":checked, textarea");
  return stops().find(isOpen) ?? stopNamed("reason");
}

// Back to where one stood, after something beside it was answered.
export function resume() {
  if (!here?.isConnected) go(stopNamed(here?.dataset.stop) ?? stops()[0]);
  else go(here);
}

// A fresh card: where a refused save complains, else at the numbers.
export function start() {
  document.documentElement.classList.add("js-desk");
  const fault = desk().querySelector("#desk-form .wrong:not(:empty)")?.closest("[data-stop], .question, [data-complaint]");
  const level = chosen("level");
  if (desk().querySelector("[data-note].is-wrong")) desk().querySelector("[data-note]").focus();
  else go(fault ?? (level ? goOn(level) : stopNamed("phone") ?? stops()[0]));
}
