// The minutes in which the last call may be undone: counted down here, decided by the server.

function tick() {
  for (const box of document.querySelectorAll("[data-until]")) {
    const left = Math.floor((new Date(box.dataset.until) - Date.now()) / 1000);
    if (left <= 0) box.remove();
    else box.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", tick);
tick();
