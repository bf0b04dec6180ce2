// The editor: CodeMirror in the place of the text area, which keeps the text, so that the form works as before.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";

import { checking, marks, say } from "./checking.js";
import { completions } from "./completion.js";
import { colours, look } from "./look.js";

// Returns what shows where a problem is, or nothing any longer when given none.
export function mount(area, form, texts) {
  const host = document.createElement("div");
  host.className = "code-editor";
  area.after(host);
  // In a shadow tree CodeMirror adopts its style sheets; in the document it would add <style>, which the policy forbids.
  const root = host.attachShadow({ mode: "open" });
  const label = form.querySelector(`label[for="${area.id}"]`);

  const language = document.documentElement.lang;

  const state = EditorState.create({
    doc: area.value,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (form.requestSubmit(), true) }])),
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      EditorView.lineWrapping,
      EditorState.phrases.of(texts.phrases),
      EditorView.contentAttributes.of({ "aria-label": label.textContent, lang: "en", spellcheck: "false" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) area.value = update.state.doc.toString();
      }),
      EditorView.domEventHandlers({ beforeinput: replace }),
      StreamLanguage.define(sparql),
      syntaxHighlighting(colours),
      look,
      autocompletion({ override: [completions(form.dataset.complete, language)], icons: false, interactionDelay: 0 }),
      checking(form),
      // Tab is not bound: it leaves the editor, as it leaves any field.
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    ],
  });
  const view = new EditorView({ state, parent: root, root });
  const focused = document.activeElement === area;
  area.hidden = true;
  label.addEventListener("click", () => view.focus());
  if (focused) view.focus();

  return (problem) => {
    const places = marks(view.state.doc, problem);
    view.dispatch(setDiagnostics(view.state, places));
    say(form, problem);
    if (!places.length) return;
    view.dispatch({ selection: { anchor: places[0].from }, scrollIntoView: true });
    view.focus();
  };
}

// What is typed over a selection. The browser would do it with style attributes, which the page's policy forbids.
function replace(event, view) {
  const { from, to, empty } = view.state.selection.main;
  const typed = event.inputType === "insertText" && event.data;
  if (!typed || empty || view.composing || view.state.selection.ranges.length > 1) return false;
  event.preventDefault();
  const change = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, event.data, change));
  if (!handled) view.dispatch(change());
  return true;
}
