// A part of a page marked data-live is asked for again as its hx-trigger says, but not while nobody looks; then once, at once.

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-live]")) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) part.dispatchEvent(new Event("live:again"));
});
