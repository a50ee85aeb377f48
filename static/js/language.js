// The language switch leads back to the page as it is now: a fragment may have brought another address since it was made.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-language]")) event.target.elements.next.value = location.pathname + location.search;
});
