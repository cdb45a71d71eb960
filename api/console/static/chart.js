// <ka-chart data-drawing='{...}'>: curves over time (api/console/drawing.py). The library comes with the first chart; what
// is drawn are texts on a canvas, nothing in them is markup. Colours are those of the page.
let library;

const ink = (part) => getComputedStyle(part).color;
const faint = (part) => getComputedStyle(part).getPropertyValue("--line");

function across(lines, axis, color) {
  const data = lines.map(({ at, text }) => ({ [axis]: at, name: text }));
  return data.map((one) => ({ ...one, lineStyle: { color, type: "dashed" } }));
}

function options(part, drawing) {
  const { title, curves, start, end, floor, ceiling, words, limits, marks } = drawing;
  const color = ink(part), number = (value) => String(Number(value.toPrecision(4)));
  const said = words.length ? (value) => words[value] ?? "" : number;
  const lines = [...across(limits, "yAxis", "#d97706"), ...across(marks, "xAxis", color)];
  return {
    animation: false,
    useUTC: true,
    textStyle: { color },
    title: { text: title, left: 0, textStyle: { fontSize: 14, color } },
    grid: { left: 12, right: 16, top: 44, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "time", min: start, max: end, axisLabel: { color, hideOverlap: true } },
    yAxis: {
      type: "value", min: floor, max: ceiling, ...(words.length ? { interval: 1 } : {}),
      axisLabel: { color, formatter: said, hideOverlap: true },
      splitLine: { lineStyle: { color: faint(part) } },
    },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, valueFormatter: (value) => value === null || value === undefined ? "–" : said(value) },
    series: curves.map(({ label, points }, place) => ({
      name: label, type: "line", step: "end", symbolSize: 4, showSymbol: points.length < 2, data: points,
      lineStyle: { width: place ? 1 : 2, opacity: place ? 0.45 : 1 }, itemStyle: { color: "#5b93e6" },
      markLine: { symbol: "none", silent: true, data: place ? [] : lines, label: { formatter: "{b}", position: "insideStartTop", color } },
    })),
  };
}

class Chart extends HTMLElement {
  static observedAttributes = ["data-drawing"];

  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.inner = document.createElement("div");
    this.inner.style.height = "100%";
    root.replaceChildren(this.inner);
    this.sized = new ResizeObserver(() => this.chart?.resize());
    this.sized.observe(this);
    this.draw();
  }

  disconnectedCallback() {
    this.sized.disconnect();
    this.chart?.dispose();
    this.chart = null;
  }

  attributeChangedCallback() {
    if (this.isConnected && this.inner) this.draw();
  }

  async draw() {
    library ??= import("./echarts.js");
    await library;
    if (!this.isConnected) return;
    const { echarts } = globalThis, locale = document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
    this.chart ??= echarts.init(this.inner, null, { renderer: "canvas", locale });
    this.chart.setOption(options(this, JSON.parse(this.dataset.drawing)), true);
  }
}

if (!customElements.get("ka-chart")) customElements.define("ka-chart", Chart);
