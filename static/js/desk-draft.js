// What was typed at the desk outlives the ways in which one leaves it without saving.

const form = () => document.getElementById("desk-form");

// Who changes the language in the middle of a call keeps what was typed since the last draft: it is kept first, then the switch goes on.
let isKept = false;
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-language]") || !form() || isKept) return;
  event.preventDefault();
  await fetch(form().dataset.draft, { method: "POST", body: new FormData(form()) }).catch(() => null);
  isKept = true;
  event.target.requestSubmit(event.submitter);
});

// A save that the server would not take from a browser whose cookies were cleared: kept in this tab until she has logged in again.
const place = () => `desk:${form().getAttribute("action")}`;
document.addEventListener("htmx:responseError", (event) => {
  if (!form() || event.detail.xhr.status !== 403) return;
  const typed = [...new FormData(form())].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "token");
  sessionStorage.setItem(place(), JSON.stringify(typed));
});

function restore() {
  const typed = JSON.parse(sessionStorage.getItem(place()) ?? "[]");
  sessionStorage.removeItem(place());
  for (const [name, value] of typed) {
    for (const field of form().querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type !== "hidden") field.value = value;
    }
  }
  if (typed.length) form().dispatchEvent(new Event("input", { bubbles: true }));
}
if (form()) restore();
