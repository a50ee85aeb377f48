// The minutes in which the last call may be undone: counted down here, decided by the server.

setInterval(() => {
  for (const box of document.querySelectorAll("[data-until]")) {
    const left = Math.floor((new Date(box.dataset.until) - Date.now()) / 1000);
    box.hidden = left <= 0;
    box.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left <= 0) box.remove();
  }
}, 1000);
