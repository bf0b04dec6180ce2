// Runs the form's query and puts the server's own answer into the page, so that what a table or a problem looks like is
// told once, by the server's template.

import { fault } from "./fault.js";

const LONGEST = 6000; // of an address; longer ones are posted

export function watchOutcome(form, texts) {
  const progress = document.getElementById("progress");
  const [said, seconds, cancel] = progress.children;
  let running = null;
  let show = null;

  const outcome = () => document.getElementById("outcome");
  const mark = () => {
    const problem = document.getElementById("problem");
    const { line, column } = problem?.dataset ?? {};
    const [title, detail] = ["h2", ".detail"].map((part) => problem?.querySelector(part)?.textContent);
    show?.(line ? { title, detail, position: { line: Number(line), column: Number(column) } } : null);
  };
  const tell = (text) => {
    progress.hidden = false;
    said.textContent = text;
    seconds.textContent = "";
    cancel.hidden = true;
  };

  // Takes over the parts of the page that depend on the query; false if it is another page altogether.
  const take = (page) => {
    const fresh = page.getElementById("outcome");
    if (!fresh) return false;
    outcome().replaceWith(fresh);
    const [ours, theirs] = [document, page].map((one) => one.querySelector("a.language"));
    if (ours && theirs) ours.setAttribute("href", theirs.getAttribute("href"));
    document.dispatchEvent(new Event("outcome"));
    mark();
    return true;
  };

  const run = async (address, { keep = true } = {}) => {
    running?.abort();
    const mine = (running = new AbortController());
    const started = performance.now();
    tell(texts.running);
    cancel.hidden = false;
    outcome().setAttribute("aria-busy", "true");
    const clock = setInterval(() => {
      seconds.textContent = `${Math.round((performance.now() - started) / 1000)} s`;
    }, 1000);
    const [path, query] = address.split("?");
    const long = address.length > LONGEST;
    const [target, options] = long
      ? [path, { method: "POST", body: new URLSearchParams(query) }]
      : [address, {}];
    try {
      const reply = await fetch(target, { ...options, headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (!take(page)) return location.assign(address);
      if (keep && !long && address !== location.pathname + location.search) history.pushState({}, "", address);
      tell(document.querySelector("#answer-title, #problem h2")?.textContent.trim().replace(/\s+/g, " ") ?? "");
    } catch (error) {
      if (running === mine) tell(error.name === "AbortError" ? texts.cancelled : texts.unreachable);
    } finally {
      clearInterval(clock);
      if (running === mine) {
        running = null;
        outcome().removeAttribute("aria-busy");
      }
    }
  };

  cancel.addEventListener("click", () => {
    running?.abort();
    document.getElementById("run").focus();
  });
  form.addEventListener("submit", async (event) => {
    const asked = new URLSearchParams(new FormData(form));
    if (asked.has("format")) return; // a download, which the browser takes care of
    event.preventDefault();
    for (const element of form.elements) element.disabled = false; // query.js left out what was not chosen
    const problem = show && (await fault(asked.get("query")));
    if (problem) return show(problem);
    const view = new URLSearchParams(location.search).get("view");
    if (view) asked.set("view", view);
    run(`${form.getAttribute("action")}?${asked}`);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#outcome a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    run(link.getAttribute("href")).then(() => document.querySelector("#outcome a[data-view][aria-current]")?.focus());
  });
  window.addEventListener("popstate", () => location.reload());
  document.addEventListener("outcome", drawGraph);
  drawGraph();

  return {
    showIn(editor) {
      show = editor;
      mark();
    },
  };
}

function drawGraph() {
  const host = document.getElementById("graph");
  if (host) import("./graph.js").then(({ draw }) => draw(host, document.getElementById("zoom")));
}
