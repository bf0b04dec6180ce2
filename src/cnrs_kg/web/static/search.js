"use strict";
// Completion of search boxes, as a combobox with a list (WAI-ARIA 1.2). Without it they are plain forms.
for (const input of document.querySelectorAll("input[data-complete]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestions);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let asked = "";
  let chosen = -1;
  let waiting;

  const choose = (place) => {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = list.children[chosen];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  };
  const option = (one, place) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.page = one.page;
    item.dataset.label = one.label;
    const parts = [[one.label, "label"], [one.matched === one.label ? "" : one.matched, "matched"], [one.kind, "kind"]];
    for (const [text, name] of parts.filter(([text]) => text)) {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      item.append(span, " ");
    }
    return item;
  };
  // A search box leads to the page of what is chosen; a field of a form is filled in with its name.
  const take = (item) => {
    if (input.dataset.fill === undefined) return location.assign(item.dataset.page);
    input.value = asked = item.dataset.label;
    show(false);
  };
  const suggest = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    let found = [];
    if (text) {
      const parameters = new URLSearchParams({ q: text, lang: document.documentElement.lang });
      found = await fetch(`${input.dataset.complete}?${parameters}`).then((reply) => reply.json(), () => ({})).then((reply) => reply.suggestions ?? []);
    }
    if (asked !== text) return;
    choose(-1);
    list.replaceChildren(...found.map(option));
    show(found.length > 0 && document.activeElement === input);
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 120);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      show(true);
      choose(chosen < 0 && step < 0 ? count - 1 : (chosen + step + count) % count);
    } else if (event.key === "Enter" && chosen >= 0) {
      take(list.children[chosen]);
    } else {
      return;
    }
    event.preventDefault();
  });
  input.addEventListener("blur", () => show(false));
  // Before the box loses the focus, and with it the list.
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault();
    if (item) take(item);
  });
}
