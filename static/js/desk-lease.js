// Keeps the card while somebody works on it: renewed every few minutes, only where the page is in sight and was touched since.

const MINUTES = 4;
let isTouched = false;

for (const kind of ["keydown", "pointerdown", "input"]) {
  document.addEventListener(kind, () => (isTouched = true), { passive: true });
}

setInterval(() => {
  if (!isTouched || document.visibilityState !== "visible") return;
  isTouched = false;
  document.querySelector("[data-lease]")?.dispatchEvent(new Event("desk:renew"));
}, MINUTES * 60 * 1000);
