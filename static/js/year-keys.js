// The year at a glance by keyboard: one stop for Tab, arrows by day and week, Page Up and Page Down by month, Home and End of the
// month. Without this module every day is a stop of its own.
const year = document.querySelector("[data-year]");
const days = [...(year?.querySelectorAll("a[data-day]") ?? [])];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function stopAt(day) {
  for (const other of days) other.tabIndex = other === day ? 0 : -1;
}

function go(day) {
  if (!day) return;
  stopAt(day);
  day.focus();
}

function byMonth(day, months) {
  const [whole, month, number] = day.dataset.day.split("-").map(Number);
  const wanted = `${whole}-${String(month + months).padStart(2, "0")}-`;
  const there = days.filter((other) => other.dataset.day.startsWith(wanted));
  return there[Math.min(number, there.length) - 1];
}

function edge(day, isLast) {
  return days.filter((other) => other.dataset.day.startsWith(day.dataset.day.slice(0, 8))).at(isLast ? -1 : 0);
}

year?.addEventListener("keydown", (event) => {
  const day = event.target.closest("a[data-day]");
  if (!day || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  if (key in STEPS) go(days[days.indexOf(day) + STEPS[key]]);
  else if (key === "PageUp" || key === "PageDown") go(byMonth(day, key === "PageUp" ? -1 : 1));
  else if (key === "Home" || key === "End") go(edge(day, key === "End"));
  else return;
  event.preventDefault();
});

const chosen = new URLSearchParams(location.search).get("day");
if (days.length) stopAt(days.find((day) => day.dataset.day === chosen) ?? days.find((day) => day.ariaCurrent) ?? days[0]);
