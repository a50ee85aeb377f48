// What was typed at the desk outlives the ways in which one leaves it without saving.

const form = () => document.getElementById("desk-form");

// Who changes the language, undoes, or goes on with another card in the middle of a call keeps what was typed since the last draft: it
// is kept first, then she goes.
const LEAVING = "[data-language], .tray form, form.undo";
let isKept = false;
document.addEventListener("submit", async (event) => {
  if (!event.target.matches(LEAVING) || !form() || isKept) return;
  event.preventDefault();
  await fetch(form().dataset.draft, { method: "POST", body: new FormData(form()) }).catch(() => null);
  isKept = true;
  event.target.requestSubmit(event.submitter);
});

// By a link, or by closing the page: the same, on the way out.
let isTyped = false;
document.addEventListener("input", (event) => (isTyped ||= form()?.contains(event.target)));
document.addEventListener("htmx:afterSettle", (event) => (isTyped &&= event.target.id !== "desk"));
addEventListener("pagehide", () => form() && isTyped && navigator.sendBeacon(form().dataset.draft, new FormData(form())));

// What is being saved is kept in this tab until the server has it: the line may break, the session may have ended (the login follows, and
// leads back here), the cookies may be gone.
const place = () => `desk:${form().getAttribute("action")}`;
let kept = "";

export function keep() {
  const typed = [...new FormData(form())].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "token");
  kept = place();
  sessionStorage.setItem(kept, JSON.stringify(typed));
}

export const forget = () => sessionStorage.removeItem(kept);

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
