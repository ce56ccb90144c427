// Figures that move with the handle: curves with a line at the step, and bars of the values at the step.

const DASHES = [[], [7, 4], [2, 3], [7, 3, 2, 3]];
const N_BARS_NAMED = 24; // standing bars that have room for their names

// Round numbers from low to high, about n of them.
function ticksBetween(low, high, n) {
  const rough = (high - low) / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / size - 1e-9);
  const count = Math.floor(high / size + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * size).toPrecision(6)));
}

function told(value) {
  const size = Math.abs(value);
  if (size < 5e-5) return "0";
  return size < 0.1 ? String(Number(value.toPrecision(2))) : size < 10 ? value.toFixed(2) : value.toPrecision(3);
}

// A canvas as large as its box, whose unit is a CSS pixel.
function prepare(canvas, theme) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  const style = getComputedStyle(canvas);
  context.font = `${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = theme.page;
  context.fillRect(0, 0, width, height);
  return { context, width, height, size: parseFloat(style.fontSize) };
}

function drawChart(canvas, chart, step, theme) {
  if (!canvas.clientWidth) return;
  ({ curves: drawCurves, bars: drawBars, rows: drawRows })[chart.kind](prepare(canvas, theme), chart, step, theme);
}

function write(context, text, x, y, colour, align = "left", baseline = "middle") {
  Object.assign(context, { fillStyle: colour, textAlign: align, textBaseline: baseline });
  context.fillText(text, x, y);
}

function line(context, x1, y1, x2, y2, colour, width = 1, dash = []) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  context.setLineDash([]);
}

// The values that the vertical axis names.
function scaleTicks({ limits, is_log }) {
  if (!is_log) return ticksBetween(...limits, 4);
  const [low, high] = limits.map(Math.log10);
  return ticksBetween(low, high, high - low).map((power) => Number((10 ** power).toPrecision(6)));
}

// The room for them to the left.
function scaleWidth({ context }, chart) {
  return 10 + Math.max(...scaleTicks(chart).map((tick) => context.measureText(String(tick)).width));
}

// The scale of the vertical axis with its grid and title; returns the place of a value.
function drawScale({ context, height, size }, chart, theme, left, right, bottom) {
  const top = 1.9 * size;
  const [low, high] = chart.limits.map((limit) => (chart.is_log ? Math.log10(limit) : limit));
  const y = (value) => {
    const level = chart.is_log ? Math.log10(Math.max(value, chart.limits[0])) : value;
    return height - bottom - ((Math.min(Math.max(level, low), high) - low) / (high - low)) * (height - bottom - top);
  };
  for (const tick of scaleTicks(chart)) {
    line(context, left, y(tick), right, y(tick), theme.grid);
    write(context, String(tick), left - 6, y(tick), theme.muted, "right");
  }
  write(context, chart.title, 0, 0.65 * size, theme.muted);
  return y;
}

function drawCurves(paper, chart, step, theme) {
  const { context, width, height, size } = paper;
  const n = chart.names.length;
  const { places } = chart;
  const at = (values, index, curve) => values[index * n + curve];
  const labels = chart.names.map((name, curve) => `${name} ${told(at(chart.values, step, curve))}`);
  const widest = Math.max(...chart.names.map((name) => context.measureText(`${name} 0.00000`).width));
  const left = scaleWidth(paper, chart);
  const right = width - Math.min(widest + 1.6 * size, width / 2);
  const bottom = 2.7 * size;
  const y = drawScale(paper, chart, theme, left, right, bottom);
  const span = places[places.length - 1] - places[0];
  const x = (place) => left + ((place - places[0]) / span) * (right - left);
  for (const tick of ticksBetween(places[0], places[places.length - 1], Math.max(2, Math.min(5, (right - left) / 60)))) {
    write(context, tick.toLocaleString("en"), x(tick), height - bottom + 0.9 * size, theme.muted, "center");
  }
  write(context, chart.x_title, (left + right) / 2, height - 0.6 * size, theme.muted, "center");
  const trace = (values, curve, isBack = false) => {
    for (let index = 0; index < places.length; index += 1) {
      const from = isBack ? places.length - 1 - index : index;
      context.lineTo(x(places[from]), y(at(values, from, curve)));
    }
  };
  for (let curve = 0; curve < n && chart.lows; curve += 1) {
    context.beginPath();
    trace(chart.highs, curve);
    trace(chart.lows, curve, true);
    context.globalAlpha = 0.13;
    context.fillStyle = chart.colours[curve];
    context.fill();
    context.globalAlpha = 1;
  }
  line(context, x(places[step]), 1.5 * size, x(places[step]), height - bottom, theme.text, 1.5, [2, 3]);
  for (let curve = 0; curve < n; curve += 1) {
    Object.assign(context, { strokeStyle: chart.colours[curve], lineWidth: 2.5, lineJoin: "round" });
    context.setLineDash(DASHES[chart.dashes[curve]]);
    context.beginPath();
    trace(chart.values, curve);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(x(places[step]), y(at(chart.values, step, curve)), 4, 0, 2 * Math.PI);
    context.fillStyle = chart.colours[curve];
    context.fill();
  }
  // The names stand where the curves end, moved apart where they would cover one another.
  const order = [...labels.keys()].sort((a, b) => y(at(chart.values, places.length - 1, a)) - y(at(chart.values, places.length - 1, b)));
  const heights = order.map((curve) => y(at(chart.values, places.length - 1, curve)));
  const room = Math.min(1.25 * size, (height - bottom) / n);
  for (let index = 1; index < n; index += 1) heights[index] = Math.max(heights[index], heights[index - 1] + room);
  const over = Math.max(0, heights[n - 1] - (height - bottom));
  heights[n - 1] -= over;
  for (let index = n - 2; index >= 0; index -= 1) heights[index] = Math.min(heights[index], heights[index + 1] - room);
  order.forEach((curve, index) => {
    line(context, right + 4, heights[index], right + 16, heights[index], chart.colours[curve], 2.5, DASHES[chart.dashes[curve]]);
    write(context, labels[curve], right + 20, heights[index], theme.text);
  });
}

// Standing bars side by side; beside each, in grey, what it is compared with.
function drawBars(paper, chart, step, theme) {
  const { context, width, height, size } = paper;
  const n = chart.names.length;
  const left = scaleWidth(paper, chart);
  const bottom = 1.6 * size;
  const y = drawScale(paper, chart, theme, left, width, bottom);
  const each = (width - left) / n;
  const bar = (each * 0.8) / (chart.beside ? 2 : 1);
  const draw = (x, value, colour) => {
    context.fillStyle = colour;
    context.fillRect(x, Math.min(y(value), y(0)), bar, Math.max(1, Math.abs(y(value) - y(0))));
  };
  chart.names.forEach((name, index) => {
    const x = left + index * each + each * 0.1;
    if (chart.beside) draw(x, chart.beside[index], theme.muted);
    draw(x + (chart.beside ? bar : 0), chart.values[step * n + index], chart.colours[index]);
    if (n <= N_BARS_NAMED) write(context, name, x + each * 0.4, height - 0.7 * size, theme.muted, "center");
  });
  line(context, left, y(0), width, y(0), theme.muted);
  for (const bound of chart.bounds) line(context, left, y(bound), width, y(bound), theme.muted, 2, [6, 4]);
}

// Lying bars, one below the other, with their names and values; a mark stands where what they are compared with is.
function drawRows(paper, chart, step, theme) {
  const { context, width, height, size } = paper;
  const n = chart.names.length;
  const left = Math.min(Math.max(...chart.names.map((name) => context.measureText(name).width)) + 8, width / 2);
  const right = width - context.measureText("0.000").width - 8;
  const top = 1.6 * size;
  const each = (height - top) / n;
  const [low, high] = chart.limits;
  const x = (value) => left + ((Math.min(Math.max(value, low), high) - low) / (high - low)) * (right - left);
  write(context, chart.title, 0, 0.65 * size, theme.muted);
  chart.names.forEach((name, index) => {
    const y = top + (index + 0.5) * each;
    const value = chart.values[step * n + index];
    write(context, name, left - 6, y, theme.text, "right");
    context.fillStyle = theme.grid;
    context.fillRect(left, y - 0.35 * each, right - left, 0.7 * each);
    context.fillStyle = chart.colours[index];
    context.fillRect(Math.min(x(0), x(value)), y - 0.35 * each, Math.max(1, Math.abs(x(value) - x(0))), 0.7 * each);
    if (chart.beside) line(context, x(chart.beside[index]), y - 0.45 * each, x(chart.beside[index]), y + 0.45 * each, theme.text, 2);
    write(context, told(value), right + 6, y, theme.text);
  });
}

// The values at a step as bars without words, for a row of steps.
function drawSmall(canvas, chart, step, theme) {
  const n = chart.names.length;
  canvas.width = canvas.height = 104;
  const context = canvas.getContext("2d");
  context.fillStyle = theme.grid;
  context.fillRect(0, 0, 104, 104);
  const [low, high] = chart.limits;
  chart.colours.forEach((colour, index) => {
    const height = Math.max(2, ((chart.values[step * n + index] - low) / (high - low)) * 104);
    context.fillStyle = colour;
    context.fillRect((index * 104) / n, 104 - height, 104 / n - 3, height);
  });
}
