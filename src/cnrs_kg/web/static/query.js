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
      const version = document.getElementById("version");
      const format = document.getElementById("format");
      // A clean address: what is not chosen is not sent.
      version.disabled = version.value === "";
      format.disabled = format.value === "html";
    });
    window.addEventListener("pageshow", () => {
      for (const id of ["version", "format"]) document.getElementById(id).disabled = false;
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
