/* A recording drawn: the pace over time, and where pauses and fillers fell. */

import { draw, tint } from "./charts.js";

const FASTEST = 240;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

/** `play(turn, second)` is called for the place that is pressed. */
export function drawTimelines(play) {
  for (const canvas of document.querySelectorAll("canvas[data-timeline]")) {
    const timeline = JSON.parse(document.getElementById(canvas.dataset.timeline).textContent);
    const canPlay = document.querySelector(`[data-play="${timeline.turn_id}"]`);
    let place = null;
    draw(canvas, (colours) => configure(timeline, colours, () => place, canPlay && play));
    document.addEventListener("recording-place", ({ detail }) => {
      const before = place;
      place = detail.turn === timeline.turn_id ? detail.second : null;
      if (place !== before) window.Chart.getChart(canvas)?.draw();
    });
  }
}

/** Each window of the pace is level until the next one begins. */
function paceOf({ pace, duration_s: end }) {
  if (!pace.length) return [];
  const points = pace.map((one) => ({ x: one.start_s, y: one.words_per_minute }));
  return [...points, { x: Math.min(end, points.at(-1).x + 10), y: points.at(-1).y }];
}

function configure(timeline, colours, place, play) {
  const most = Math.max(FASTEST, ...timeline.pace.map((one) => one.words_per_minute * 1.1));
  return {
    type: "line",
    data: {
      datasets: [
        {
          label: "Words a minute",
          data: paceOf(timeline),
          stepped: true,
          borderColor: colours["series-1"],
          borderWidth: 2.5,
          pointRadius: 0,
          pointHitRadius: 12,
        },
        {
          label: "Filler",
          data: timeline.fillers.map((one) => ({ x: one.start_s, y: most * 0.06, text: one.text })),
          showLine: false,
          pointStyle: "triangle",
          radius: 6,
          hoverRadius: 8,
          backgroundColor: colours["series-3"],
          borderColor: colours.surface,
        },
      ],
    },
    options: {
      onClick: (event, _, chart) => play?.(timeline.turn_id, Math.max(0, chart.scales.x.getValueForPixel(event.x))),
      interaction: { mode: "nearest", axis: "x", intersect: true },
      scales: {
        x: {
          type: "linear",
          min: 0,
          max: timeline.duration_s,
          grid: { display: false },
          ticks: { callback: clock, maxTicksLimit: 8, maxRotation: 0, precision: 0 },
        },
        y: { min: 0, max: most, ticks: { stepSize: 60, maxTicksLimit: 6 }, border: { display: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: {
            title: ([one]) => clock(one.parsed.x),
            label: ({ dataset, raw }) => (raw.text ? `Filler: “${raw.text}”` : `${Math.round(raw.y)} ${dataset.label.toLowerCase()}`),
          },
        },
      },
    },
    plugins: [marks(timeline, colours, place)],
  };
}

/** Behind the line: the usual pace, and the pauses. Over it: the place that is being played. */
function marks({ low, high, pauses }, colours, place) {
  return {
    id: "marks",
    beforeDatasetsDraw({ ctx, chartArea: area, scales: { x, y } }) {
      if (low !== null && high !== null) {
        const [top, bottom] = [high, low].map((value) => y.getPixelForValue(value));
        tint(ctx, colours["series-2"], 0.14, area.left, top, area.width, bottom - top);
      }
      for (const pause of pauses) {
        const [start, end] = [pause.start_s, pause.end_s].map((second) => x.getPixelForValue(second));
        tint(ctx, colours["ink-soft"], 0.3, start, area.top, Math.max(2, end - start), area.height);
      }
    },
    afterDatasetsDraw({ ctx, chartArea: area, scales: { x } }) {
      if (place() === null) return;
      tint(ctx, colours.ink, 1, x.getPixelForValue(place()) - 1, area.top, 2, area.height);
    },
  };
}
