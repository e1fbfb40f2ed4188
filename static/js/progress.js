/* The progress page: how levels and measures went from interview to interview. */

import { draw, prepareForPrint, tint } from "./charts.js";

for (const canvas of document.querySelectorAll("canvas[data-trend]")) {
  const trend = JSON.parse(document.getElementById(canvas.dataset.trend).textContent);
  draw(canvas, (colours) => configure(trend, colours, canvas));
}
prepareForPrint();

function configure(trend, colours, canvas) {
  const isSmall = !canvas.closest(".tall");
  return {
    type: "line",
    data: {
      labels: trend.labels,
      datasets: [
        {
          label: trend.name,
          data: trend.values,
          spanGaps: true,
          borderColor: colours["series-1"],
          backgroundColor: colours.surface,
          borderWidth: 2.5,
          pointBorderWidth: 2.5,
          radius: isSmall ? 3 : 4.5,
          hoverRadius: 6,
          clip: 8,
        },
      ],
    },
    options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkip: true, maxTicksLimit: isSmall ? 2 : 8 } },
        y: {
          min: trend.min ?? 0,
          max: trend.max,
          suggestedMax: trend.high === null ? undefined : trend.high,
          ticks: { maxTicksLimit: isSmall ? 3 : 5, precision: trend.max ? 0 : undefined, stepSize: trend.max ? (isSmall ? 2 : 1) : undefined },
          border: { display: false },
        },
      },
      plugins: { legend: { display: false }, tooltip: { displayColors: false } },
    },
    plugins: trend.low === undefined ? [] : [usual(trend, colours)],
  };
}

/** The usual range, behind the line. */
function usual({ low, high }, colours) {
  return {
    id: "usual",
    beforeDatasetsDraw({ ctx, chartArea: area, scales: { y } }) {
      if (low === null && high === null) return;
      const within = (value) => Math.min(Math.max(y.getPixelForValue(value), area.top), area.bottom);
      const top = high === null ? area.top : within(high);
      const bottom = low === null ? area.bottom : within(low);
      tint(ctx, colours["series-2"], 0.14, area.left, top, area.width, bottom - top);
    },
  };
}
