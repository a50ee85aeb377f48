// The number of unread notices in the tab: before the title, and as a dot on its icon. Asks again now and then: a tab that is looked at
// every half minute, a hidden one every five minutes, and at once when it is looked at again or the machine wakes up. Without this module the bell is plain.
const bell = document.querySelector(".bell[data-badge]");
const icon = document.querySelector("link[rel=icon]");
const SEEN = 30_000, HIDDEN = 300_000, LEAST = 15_000; // milliseconds
let timer, asked = Date.now(), last;

function show(now) {
  const { count, text, urgent } = (last = now);
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  const wanted = count ? `(${text}) ${bare}` : bare;
  if (document.title !== wanted) document.title = wanted;
  const kind = count ? (urgent ? "urgent" : "news") : "plain";
  const address = icon.dataset[kind];
  if (icon.getAttribute("href") !== address) icon.setAttribute("href", address);
  for (const each of document.querySelectorAll(".bell, .more > summary")) label(each, count, text);
}

function label(place, count, text) {
  place.classList.toggle("has-news", count > 0);
  let badge = place.querySelector(".badge-count");
  if (!count) {
    badge?.remove();
    return;
  }
  if (!badge) {
    badge = document.createElement("b");
    badge.className = "badge-count";
    const unread = document.createElement("span");
    unread.className = "visually-hidden";
    unread.textContent = ` ${bell.dataset.unread}`;
    badge.append(text, unread);
    place.append(badge);
  } else if (badge.firstChild.data !== text) badge.firstChild.data = text;
}

async function ask() {
  clearTimeout(timer);
  asked = Date.now();
  try {
    const answer = await fetch(bell.dataset.badge, { headers: { "X-Requested-With": "badge" }, redirect: "error" });
    if (answer.ok) show(await answer.json());
  } catch {
    // Logged out, or no connection: the next click says so.
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  timer = setTimeout(ask, document.hidden ? HIDDEN : SEEN);
}

function awake() {
  if (document.hidden) plan();
  else if (Date.now() - asked >= LEAST) ask();
  else plan();
}

if (bell && icon) {
  show({ count: Number(bell.dataset.count), text: bell.dataset.text, urgent: "urgent" in bell.dataset });
  document.addEventListener("visibilitychange", awake);
  window.addEventListener("online", awake);
  window.addEventListener("pageshow", (event) => event.persisted && awake());
  document.addEventListener("htmx:afterSettle", () => show(last)); // a swap may have brought another title
  plan();
}
