// Comfort only: everything on the page works without this file.
"use strict";
(() => {
  const form = document.getElementById("form");
  const query = document.getElementById("query");
  const hint = document.getElementById("hint");
  if (form && query) {
    hint.hidden = false;
    query.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", () => {
      // A clean address: what is not chosen is not sent.
      for (const one of form.querySelectorAll("select")) one.disabled = one.value === "" || one.value === "html";
    });
    window.addEventListener("pageshow", () => {
      for (const one of form.querySelectorAll("select")) one.disabled = false;
    });
  }
  const offerCopy = () => {
    const copy = document.getElementById("copy");
    if (!copy || !navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(location.href);
      copy.textContent = copy.dataset.done;
    });
  };
  offerCopy();
  document.addEventListener("outcome", offerCopy);
})();
