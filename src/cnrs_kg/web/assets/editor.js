// The query page with scripts: answers come without a new page, and the text area becomes an editor once that is loaded.
import { watchOutcome } from "./outcome.js";

const form = document.getElementById("form");
const area = document.getElementById("query");
if (form && area) {
  const texts = JSON.parse(form.dataset.texts);
  const outcome = watchOutcome(form, texts);
  import("./codemirror.js").then(({ mount }) => outcome.showIn(mount(area, form, texts)));
}
