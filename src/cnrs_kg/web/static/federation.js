"use strict";
// The conflicts of a new version take seconds to count: the page is there at once, and the counts when they are known.
(async () => {
  const note = document.getElementById("counting");
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const { conflicts } = await answer.json();
    const format = new Intl.NumberFormat(document.documentElement.lang);
    for (const one of document.querySelectorAll("[data-kind]")) {
      const count = conflicts[one.dataset.kind];
      one.textContent = count === null ? "–" : format.format(count);
    }
    if (Object.values(conflicts).includes(null)) throw new Error("not all could be counted");
    note.remove();
  } catch {
    note.textContent = note.dataset.failed;
  }
})();
