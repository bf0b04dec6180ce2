// Says while one types where the query is not well formed: in the text, and below it for those who do not see the mark.
import { linter } from "@codemirror/lint";

import { fault } from "./fault.js";

const WAIT = 700;

export function checking(form) {
  return linter(
    async (view) => {
      const doc = view.state.doc;
      const problem = await fault(doc.toString());
      say(form, problem);
      return marks(doc, problem);
    },
    { delay: WAIT },
  );
}

export function say(form, problem) {
  const said = document.getElementById("checked");
  const { line, column } = problem?.position ?? {};
  const where = line ? ` – ${form.dataset.at.replace("{line}", line).replace("{column}", column)}` : "";
  said.textContent = problem ? problem.title + where : "";
  said.hidden = !problem;
}

// The place of a problem as the editor marks it; columns count characters, the editor counts UTF-16 units.
export function marks(doc, problem) {
  const { line: number, column } = problem?.position ?? {};
  if (!number || number > doc.lines) return [];
  const line = doc.line(number);
  const from = line.from + [...line.text].slice(0, column - 1).join("").length;
  return [{ from, to: Math.max(from, Math.min(from + 1, line.to)), severity: "error", message: problem.detail }];
}
