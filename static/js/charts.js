/* What all charts share: the page's colours in light, dark and print, and its text. */

const { Chart } = window;
const drawn = new Map();
const PRINTED_PIXEL_RATIO = 3;

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Colours of the theme as they are now; on paper always the light ones. */
function coloursOf(scheme) {
  const probe = document.createElement("span");
  probe.style.colorScheme = scheme;
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["ink", "ink-soft", "line", "surface", "accent-soft", "series-1", "series-2", "series-3", "series-4"];
  const colours = Object.fromEntries(names.map((name) => [name, read(name)]));
  probe.remove();
  return colours;
}

/** Fill a part of a chart in a colour that what is behind shows through. */
export function tint(context, colour, share, ...rectangle) {
  context.save();
  context.globalAlpha = share;
  context.fillStyle = colour;
  context.fillRect(...rectangle);
  context.restore();
}

/** Draw on a canvas what `configure(colours)` says, and again whenever the colours change. */
export function draw(canvas, configure) {
  drawn.set(canvas, configure);
  return redraw(canvas, coloursOf(""));
}

function redraw(canvas, colours, more = {}) {
  Chart.getChart(canvas)?.destroy();
  Chart.defaults.color = colours["ink-soft"];
  Chart.defaults.borderColor = colours.line;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  const configured = drawn.get(canvas)(colours);
  Object.assign(configured.options, { maintainAspectRatio: false, animation: false, ...more });
  return new Chart(canvas, configured);
}

function redrawAll(scheme, more) {
  const colours = coloursOf(scheme);
  for (const canvas of drawn.keys()) redraw(canvas, colours, more);
}

dark.addEventListener("change", () => redrawAll(""));

/** Before printing: charts in ink for paper, and everything unfolded. */
export function prepareForPrint() {
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open], .chart-table)")];
    for (const details of folded) details.open = true;
    redrawAll("light", { devicePixelRatio: PRINTED_PIXEL_RATIO });
  });
  window.addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
    redrawAll("");
  });
}
