"use strict";
// One key a decision, while the focus is on the form and not in its text (WCAG 2.1.4); access keys work without this.
const form = document.querySelector("form[data-keys]");
if (form) {
  form.focus({ preventScroll: true });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
}
