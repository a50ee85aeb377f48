// A failed fragment must not fail silently: says what happened and what to do, in the reader's language.
const bar = document.getElementById("notices");

// Without the cookie of its forms the browser was cleaned out: that is no question of rights.
const isLoggedOut = (status) => status === 403 && !/(^|; )csrftoken=/.test(document.cookie);

function wording(status) {
  if (isLoggedOut(status)) return bar.dataset.cookies;
  if (bar.dataset[status]) return bar.dataset[status];
  return status >= 500 ? bar.dataset["500"] : bar.dataset["400"];
}

function show(kind, text) {
  const notice = document.createElement("div");
  notice.className = "notice error";
  notice.dataset.kind = kind;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", bar.dataset.close);
  close.addEventListener("click", () => notice.remove());
  notice.append(text, close);
  bar.replaceChildren(notice);
}

document.body.addEventListener("htmx:responseError", (event) => {
  show("answer", wording(event.detail.xhr.status));
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => show("offline", bar.dataset.offline));
}
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) bar.querySelector("[data-kind=offline]")?.remove();
});
