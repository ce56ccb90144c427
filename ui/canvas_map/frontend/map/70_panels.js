// The parts made of HTML: toolbar, legend, tooltip. Texts come from data, so they only ever enter as textContent.

const ICONS = {
  pan: "M10 3v14M3 10h14M10 3 8 5m2-2 2 2M10 17l-2-2m2 2 2-2M3 10l2-2m-2 2 2 2M17 10l-2-2m2 2-2 2",
  lasso: "M6.2 13.6C4.2 12.7 3 11.2 3 9.5 3 6.5 6.1 4 10 4s7 2.5 7 5.5S13.9 15 10 15c-.6 0-1.2-.1-1.7-.2M6.2 13.6a1.5 1.5 0 1 0 2.1 1.2c-.1-.8-1.3-1.5-2.1-1.2ZM7.8 16c.2 1-.3 1.9-1.3 2.2",
  box: "M4 6.5V4h2.5M9 4h2M13.5 4H16v2.5M16 9v2M16 13.5V16h-2.5M11 16H9M6.5 16H4v-2.5M4 11V9",
  reset: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M10 9.5v1M9.5 10h1",
  clear: "M5.5 5.5l9 9M14.5 5.5l-9 9",
};

const TOOLS = [
  { name: "pan", title: "Pan (H)", key: "h", isTool: true },
  { name: "lasso", title: "Lasso (L)", key: "l", isTool: true },
  { name: "box", title: "Box (B)", key: "b", isTool: true },
  { name: "reset", title: "Reset view (0)", key: "0" },
  { name: "clear", title: "Clear selection (Esc)", key: "Escape" },
];

const ZERO_SHARE = 8; // per cent of the colour bar that stand for zero, where that is grey

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function buildToolbar(toolbar, onUse) {
  toolbar.replaceChildren();
  return Object.fromEntries(TOOLS.map(({ name, title, isTool }) => {
    if (name === "reset") toolbar.append(make("hr"));
    const button = make("button");
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    if (isTool) button.setAttribute("aria-pressed", "false");
    button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
    button.onclick = () => onUse(name);
    toolbar.append(button);
    return [name, button];
  }));
}

function buildLegend(legend, { scale, names, colours, counts, hasGroupColours, theme }, onIsolate) {
  legend.replaceChildren();
  if (scale) legend.append(buildColourBar(scale, theme));
  const rows = names.map((name, group) => {
    const row = make("button", "row"), swatch = make("span", "swatch");
    row.type = "button";
    row.title = `${name}: click shows only this group, Ctrl+click adds or removes it`;
    swatch.style.background = hasGroupColours ? colours[group] : cssOf(theme.neutral);
    row.append(swatch, make("span", "name", name), make("span", "count"));
    row.onclick = (event) => onIsolate(group, event.ctrlKey || event.metaKey);
    return row;
  });
  if (names.length && counts[names.length] > 0) {
    const rest = make("div", "row"), swatch = make("span", "swatch");
    swatch.style.background = cssOf(theme.neutral);
    rest.append(swatch, make("span", "name", "no group"), make("span", "count"));
    rows.push(rest);
  }
  const list = make("div", "groups");
  list.append(...rows);
  if (rows.length) legend.append(list);
  return rows;
}

function buildColourBar(scale, theme) {
  const bar = make("div", "bar"), ramp = make("div", "ramp"), ends = make("div", "ends");
  const stops = rampOf(theme).map(cssOf), zero = `${cssOf(theme.zero)} 0 ${ZERO_SHARE}%`;
  if (scale.is_zero_grey) stops.unshift(zero, `${stops.shift()} ${ZERO_SHARE}%`);
  ramp.style.background = `linear-gradient(90deg, ${stops.join(",")})`;
  ends.append(make("span", "", readable(scale.low)), make("span", "", (scale.is_clipped ? "≥ " : "") + readable(scale.high)));
  bar.append(make("span", "name", scale.name), ramp, ends);
  return bar;
}

const readable = (value) => Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 }).replace("-", "−");

// Thumbnail, a title with its swatch, further lines; placed beside the point, inside the stage.
function showTooltip(tooltip, { thumbnail, swatch, title, lines, x, y, stage }) {
  tooltip.replaceChildren();
  if (thumbnail) tooltip.append(thumbnail);
  const text = make("div"), head = make("div", "title");
  if (swatch) {
    const dot = make("span", "swatch");
    dot.style.background = swatch;
    head.append(dot);
  }
  head.append(make("span", "", title));
  text.append(head, ...lines.map((line) => make("div", "more", line)));
  tooltip.append(text);
  tooltip.hidden = false;
  const width = tooltip.offsetWidth, height = tooltip.offsetHeight;
  const left = x + 14 + width > stage.clientWidth ? x - 14 - width : x + 14;
  const top = Math.min(Math.max(6, y - height / 2), stage.clientHeight - height - 6);
  tooltip.style.transform = `translate(${Math.max(6, left)}px, ${top}px)`;
}

function cutThumbnail(sheet, cell, [cellWidth, cellHeight, columns]) {
  const left = (cell % columns) * cellWidth, top = Math.floor(cell / columns) * cellHeight;
  if (cell < 0 || top + cellHeight > sheet.height) return null;
  const canvas = make("canvas");
  canvas.width = cellWidth;
  canvas.height = cellHeight;
  const enlarged = 72 / Math.max(cellWidth, cellHeight);
  canvas.style.width = `${Math.round(cellWidth * enlarged)}px`;
  canvas.style.height = `${Math.round(cellHeight * enlarged)}px`;
  if (enlarged > 1) canvas.style.imageRendering = "pixelated";
  canvas.getContext("2d").drawImage(sheet, left, top, cellWidth, cellHeight, 0, 0, cellWidth, cellHeight);
  return canvas;
}
