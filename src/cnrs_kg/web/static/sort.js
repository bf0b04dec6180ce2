"use strict";
// Tables that are there whole can be sorted by a click on a column's head: upwards, downwards, as they came.
(() => {
  const language = document.documentElement.lang;
  const order = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const text = (row, column) => row.cells[column]?.textContent.trim() ?? "";
  const number = (said) => (/^[-+]?[\d\s\u00a0\u202f,.]*\d(e[-+]?\d+)?$/i.test(said) ? Number(said.replace(/[\s\u00a0\u202f,]/g, "")) : NaN);

  const sorted = (rows, column, direction) => {
    const told = rows.map((row) => ({ row, said: text(row, column) }));
    const numeric = told.every(({ said }) => said === "" || !Number.isNaN(number(said)));
    const compare = (a, b) => {
      if (a.said === "" || b.said === "") return (a.said === "") - (b.said === "");
      return direction * (numeric ? number(a.said) - number(b.said) : order.compare(a.said, b.said));
    };
    return told.sort(compare).map(({ row }) => row);
  };

  const enable = (table) => {
    const [body] = table.tBodies;
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    for (const [column, head] of heads.entries()) {
      if (head.textContent.trim() === "" || "unsorted" in head.dataset) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        for (const other of heads) other.removeAttribute("aria-sort");
        const next = { ascending: "descending", descending: null }[was] ?? (was ? null : "ascending");
        if (next) head.setAttribute("aria-sort", next);
        body.append(...(next ? sorted(rows, column, next === "ascending" ? 1 : -1) : rows));
      });
    }
    delete table.dataset.sortable;
  };

  const all = () => document.querySelectorAll("table[data-sortable]").forEach(enable);
  all();
  document.addEventListener("outcome", all);
})();
