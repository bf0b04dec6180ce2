// An answer as a graph that one can move in. The table below it says the same, and is what a keyboard or a reader uses.
import cytoscape from "cytoscape";

const SHEET = "__________cytoscape_stylesheet"; // Cytoscape would add a <style> of this id, which the policy forbids

export function draw(host, zoom) {
  if (!document.getElementById(SHEET)) {
    const nothing = document.createElement("meta");
    nothing.id = SHEET;
    document.head.append(nothing);
  }
  const { nodes, edges } = JSON.parse(host.dataset.graph);
  host.hidden = zoom.hidden = false;
  document.getElementById("undrawn").hidden = true;
  const graph = cytoscape({
    container: host,
    elements: [...nodes, ...edges].map((data) => ({ data })),
    style: looks(host),
    layout: { name: "cose", animate: false, nodeDimensionsIncludeLabels: true, randomize: false },
    userZoomingEnabled: false, // scrolling the page must not be caught
    maxZoom: 4,
  });
  // Cytoscape remembers where on the page it is; what loads above it may have moved it since.
  for (const moment of ["pointerenter", "pointerdown"]) host.addEventListener(moment, () => graph.resize());
  graph.on("tap", "node[href != '']", (event) => location.assign(event.target.data("href")));
  graph.on("mouseover", "node[href != '']", () => (host.style.cursor = "pointer"));
  graph.on("mouseout", "node", () => (host.style.cursor = ""));
  zoom.addEventListener("click", (event) => {
    const { width, height } = host.getBoundingClientRect();
    const factor = Number(event.target.dataset.zoom);
    if (factor) graph.zoom({ level: graph.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(looks(host)));
}

function looks(host) {
  const page = getComputedStyle(host);
  const [ink, mark, quiet, ground] = ["--ink", "--mark", "--quiet", "--surface"].map((name) => page.getPropertyValue(name).trim());
  const text = { "font-family": page.fontFamily, "text-background-color": ground, "text-background-opacity": 0.8 };
  return [
    { selector: "node", style: { ...text, label: "data(label)", color: ink, "background-color": mark, "font-size": 11, "min-zoomed-font-size": 7, width: 16, height: 16, "text-wrap": "wrap", "text-max-width": 110, "text-valign": "bottom", "text-margin-y": 3 } },
    { selector: "edge", style: { ...text, label: "data(label)", color: quiet, "line-color": quiet, "target-arrow-color": quiet, opacity: 0.6, "target-arrow-shape": "triangle", "curve-style": "bezier", "font-size": 9, "min-zoomed-font-size": 7, width: 1.2 } },
  ];
}
