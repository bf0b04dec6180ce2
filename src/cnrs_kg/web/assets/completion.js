// What fits at the cursor: the server reads the pattern around it and knows the graph (see web/completion.py).

const LONGEST = 8000; // of a query that is sent for it
const EAGER = /[\p{L}\p{N}_:?$-]$|(?:^|\s)a\s$|[;^]\s+$|[?$]\w+\s$|\S:\S+\s$/u; // where one need not ask for it

export function completions(resource, language) {
  return async (context) => {
    const text = context.state.doc.toString();
    const [before, after] = [text.slice(0, context.pos), text.slice(context.pos)];
    if (text.length > LONGEST || !(context.explicit || EAGER.test(before))) return null;
    const asked = new AbortController();
    context.addEventListener("abort", () => asked.abort());
    try {
      const reply = await fetch(`${resource}?${new URLSearchParams({ before, after, lang: language })}`, { signal: asked.signal });
      if (!reply.ok) return null;
      const { word, suggestions } = await reply.json();
      // What is already written in full needs no list, which Enter would choose from.
      const whole = suggestions.some((one) => one.text === word);
      if (!suggestions.length || (whole && !context.explicit)) return null;
      return { from: context.pos - word.length, options: suggestions.map(option), filter: false };
    } catch {
      return null; // no suggestions are better than a message at each key
    }
  };
}

function option(one) {
  return { label: one.text, detail: one.label || undefined, info: one.comment || undefined, apply: (view, _, from, to) => insert(view, one, from, to) };
}

// Puts the text in, and the PREFIX that it needs before the first line that is no comment.
function insert(view, { text, prefix }, from, to) {
  const changes = [{ from, to, insert: text }];
  let before = 0;
  if (prefix) {
    const { doc } = view.state;
    let number = 1;
    while (number < doc.lines && /^\s*(#|$)/.test(doc.line(number).text)) number += 1;
    const line = `PREFIX ${prefix.name}: <${prefix.iri}>\n`;
    changes.unshift({ from: Math.min(doc.line(number).from, from), insert: line });
    before = line.length;
  }
  view.dispatch({ changes, selection: { anchor: from + before + text.length }, userEvent: "input.complete" });
}
