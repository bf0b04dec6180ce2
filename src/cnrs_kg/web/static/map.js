"use strict";
// Zooming into a map that the server has drawn: buttons, keys (+, −, 0, arrows), dragging, Ctrl and the wheel.
// Marks and lines keep their size on the screen. Without this the map is the same, at one size.
const DEEPEST = 24, STEP = 1.6, STILL = 4;
const LENGTHS = ["x", "y", "width", "height", "r", "stroke-width"];

class ZoomableMap extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    this.map = this.querySelector(".map");
    if (!this.svg || this.tools) return;
    const { x, y, width, height } = this.svg.viewBox.baseVal;
    this.whole = { x, y, width, height };
    this.view = { ...this.whole };
    this.sizes = [...this.svg.querySelectorAll(".mark, .land")].map((shape) => [shape, own(shape)]);
    this.tools = document.createElement("div");
    this.tools.className = "map-tools";
    this.closer = this.button("+", this.dataset.closer, () => this.zoom(STEP));
    this.wider = this.button("−", this.dataset.wider, () => this.zoom(1 / STEP));
    this.button("⤢", this.dataset.all, () => this.show(this.whole));
    this.append(this.tools);
    this.map.addEventListener("keydown", (event) => this.key(event));
    this.map.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.map.addEventListener("pointerdown", (event) => this.grab(event));
    this.show(this.whole);
  }

  button(sign, name, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.title = name;
    made.setAttribute("aria-label", name);
    made.addEventListener("click", act);
    this.tools.append(made);
    return made;
  }

  get depth() {
    return this.whole.width / this.view.width;
  }

  zoom(factor, at = { x: this.view.x + this.view.width / 2, y: this.view.y + this.view.height / 2 }) {
    const depth = clamp(this.depth * factor, 1, DEEPEST), ratio = this.depth / depth;
    this.show({
      x: at.x - (at.x - this.view.x) * ratio,
      y: at.y - (at.y - this.view.y) * ratio,
      width: this.whole.width / depth,
      height: this.whole.height / depth,
    });
  }

  move(right, down) {
    this.show({ ...this.view, x: this.view.x + right, y: this.view.y + down });
  }

  show({ x, y, width, height }) {
    const { whole } = this;
    this.view = {
      x: clamp(x, whole.x, whole.x + whole.width - width),
      y: clamp(y, whole.y, whole.y + whole.height - height),
      width,
      height,
    };
    this.svg.setAttribute("viewBox", Object.values(this.view).map((length) => length.toFixed(3)).join(" "));
    for (const [shape, lengths] of this.sizes) resize(shape, lengths, 1 / this.depth);
    this.closer.disabled = this.depth >= DEEPEST - 1e-6;
    this.wider.disabled = this.depth <= 1 + 1e-6;
    this.classList.toggle("zoomed", !this.wider.disabled);
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return { x: at.x, y: at.y };
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const zooms = { "+": STEP, "=": STEP, "-": 1 / STEP };
    if (event.key in zooms) this.zoom(zooms[event.key]);
    else if (event.key === "0") this.show(this.whole);
    else if (event.key in ways && this.depth > 1) {
      const [right, down] = ways[event.key];
      this.move((right * this.view.width) / 6, (down * this.view.height) / 6);
    } else return;
    event.preventDefault();
  }

  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, this.point(event));
  }

  grab(event) {
    if (this.depth <= 1 || event.button !== 0) return;
    const start = this.point(event), from = [event.clientX, event.clientY];
    let moved = false;
    const drag = (now) => {
      moved ||= Math.hypot(now.clientX - from[0], now.clientY - from[1]) > STILL;
      if (!moved) return;
      const at = this.point(now);
      this.move(start.x - at.x, start.y - at.y);
    };
    const drop = () => {
      removeEventListener("pointermove", drag);
      removeEventListener("pointerup", drop);
      if (moved) addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", drop);
    event.preventDefault();
  }
}

// The lengths of a shape as drawn; of a square, around its middle.
function own(shape) {
  const found = {};
  for (const name of LENGTHS) if (shape.hasAttribute(name)) found[name] = Number(shape.getAttribute(name));
  return found;
}

function resize(shape, lengths, factor) {
  for (const [name, length] of Object.entries(lengths)) {
    const half = name === "x" ? lengths.width / 2 : name === "y" ? lengths.height / 2 : 0;
    shape.setAttribute(name, half ? length + half * (1 - factor) : length * factor);
  }
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

customElements.define("zoomable-map", ZoomableMap);
