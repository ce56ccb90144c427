// The map itself: takes what Python sends, holds selection, isolation and view, and draws.

const SINGLE_COLOUR = "#3f90da";
const NOTHING = { names: [], colours: [], groups: null, values: null };
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

// Views and selections by key, so a map that is taken off the page and comes back is as it was left.
const remembered = new Map();

class CanvasMap {
  view = new View();
  tool = "pan";
  points = null;
  shown = null; // where the points are drawn: themselves, or on their way {x, y, bounds}
  selection = null; // Uint8Array, 1 for a selected point
  isolated = new Set(); // group numbers
  outline = []; // of the gesture under way, in screen coordinates
  hovered = -1;
  digests = {};
  paint = NOTHING;

  constructor(root) {
    this.root = root;
    for (const name of ["stage", "toolbar", "status", "tooltip", "legend", "caption", "points", "overlay"]) {
      this[`${name}Element`] = root.querySelector(`.${name}`);
    }
    this.painter = new Painter(this.pointsElement);
    this.buttons = buildToolbar(this.toolbarElement, (name) => this.use(name));
    this.use("pan");
    listenToGestures(this);
    this.resizing = new ResizeObserver(() => this.#resize());
    this.resizing.observe(this.stageElement);
    this.onCargo = () => this.#takeCargo();
    hold.listeners.add(this.onCargo);
  }

  dispose() {
    this.resizing.disconnect();
    hold.listeners.delete(this.onCargo);
    cancelAnimationFrame(this.frame);
  }

  update(data, report) {
    const isNewDrawing = data.drawing !== this.data?.drawing;
    if (!this.data) {
      this.linked = data.isolated;
      if (remembered.has(data.key)) this.#recall(remembered.get(data.key), data);
    }
    this.data = data;
    this.report = report;
    this.theme = themeOf(this.root);
    this.root.style.setProperty("--map-height", `${data.height}px`);
    this.root.classList.toggle("bare", !data.group_names.length && !data.scale);
    this.root.classList.toggle("unlisted", !data.show_legend);
    this.root.classList.toggle("watched", data.is_watched);
    this.captionElement.textContent = data.caption;
    if (isNewDrawing) this.isSelectionStale = true;
    const { group_names, group_colours, scale } = data;
    const look = JSON.stringify([group_names, group_colours, scale, this.theme]);
    this.isPaintStale ||= look !== this.look;
    this.look = look;
    this.#takeCargo();
  }

  // Bytes and description travel apart and may arrive in either order: nothing changes until they fit together.
  #takeCargo() {
    const cargo = (slot) => hold.slots.get(`${this.data?.key}-${slot}`);
    if (!this.data || ["points", "colouring", "details"].some((slot) => cargo(slot)?.digest !== this.data.digests[slot])) return;
    const isNew = (slot) => this.data.digests[slot] !== this.digests[slot];
    if (isNew("points")) this.#takePoints(cargo("points").sections);
    if (this.isPaintStale || isNew("colouring")) this.#takeColouring(cargo("colouring").sections);
    if (isNew("details")) this.#takeDetails(cargo("details").sections);
    this.digests = this.data.digests;
    if (this.isSelectionStale) this.#takeSelection();
    this.isPaintStale = this.isSelectionStale = false;
    this.#refresh();
  }

  #takePoints({ xy }) {
    const before = this.shown;
    this.points = this.shown = new Points(xy, this.data.is_watched);
    const isSameLength = before?.x.length === this.points.n;
    if (!isSameLength) this.order = drawingOrder(this.points.n);
    this.medians = null;
    this.hovered = -1;
    this.tooltipElement.hidden = true;
    this.motion = isSameLength && !stillness.matches ? new Motion(before, this.points) : null;
  }

  #takeColouring({ groups, values }) {
    const { group_names: names, group_colours: colours, group_bytes: bytes, scale } = this.data;
    if (names.join("\n") !== this.paint.names.join("\n")) {
      const wereIsolated = this.isolated.size > 0;
      this.isolated = new Set((this.linked ?? []).filter((group) => group < names.length));
      if (wereIsolated) this.#reportIsolated();
    }
    this.linked = null; // the page's own: they hold for the first colouring
    const numbers = groups && (bytes === 2 ? new Uint16Array(groups.buffer, groups.byteOffset, groups.byteLength / 2) : groups);
    this.paint = { names, colours, groups: numbers ?? null, values: values ?? null, isValues: Boolean(values), isZeroGrey: Boolean(scale?.is_zero_grey) };
    this.paintOrder = this.paint.isZeroGrey ? zerosFirst(this.order, values) : this.order;
    this.palette = paletteOf(values || numbers ? this.paint : { colours: [SINGLE_COLOUR] }, this.theme);
    this.medians = null;
    this.counts = countGroups(this.paint.groups, names.length);
    this.rows = buildLegend(
      this.legendElement,
      { scale, names, colours, counts: this.counts, hasGroupColours: !values, theme: this.theme },
      (group, isAdding) => this.isolate(group, isAdding),
    );
  }

  #takeDetails({ sheet, cells, text }) {
    this.texts = text ? JSON.parse(new TextDecoder().decode(text)) : null;
    this.cells = cells ? new Int32Array(cells.buffer, cells.byteOffset, cells.byteLength / 4) : null;
    this.sheet = null;
    if (sheet) createImageBitmap(new Blob([sheet])).then((image) => { this.sheet = image; });
  }

  // The rule of selection.py: what was reported of this drawing holds, else what the page shows as selected.
  #takeSelection() {
    const bits = this.reported?.of === this.data.drawing ? this.reported.bits : this.data.selected;
    this.selection = bits ? fromBits(bits, this.points.n) : null;
  }

  #recall(memory, data) {
    if (memory.points === data.digests.points) Object.assign(this.view, memory.view);
    if (memory.reported?.of !== data.drawing) return;
    this.reported = memory.reported;
    this.isReportDue = true; // Python may have forgotten it with the page that was left
  }

  remember() {
    const { zoom, centre } = this.view;
    remembered.set(this.data.key, { points: this.data.digests.points, view: { zoom, centre }, reported: this.reported });
  }

  use(name) {
    if (this.data?.is_watched && ["lasso", "box"].includes(name)) return;
    if (name === "reset") this.view.reset();
    else if (name === "clear") this.clear();
    else {
      this.tool = this.stageElement.dataset.tool = name;
      for (const tool of ["pan", "lasso", "box"]) this.buttons[tool].setAttribute("aria-pressed", String(tool === name));
    }
    this.requestDraw();
  }

  clear() {
    this.isolated.clear();
    this.#reportIsolated();
    if (this.selection) this.select(null);
    else this.#refresh();
  }

  isolate(group, isAdding) {
    const wasIsolated = this.isolated.has(group), wasAlone = wasIsolated && this.isolated.size === 1;
    if (!isAdding) this.isolated.clear();
    if (isAdding && wasIsolated) this.isolated.delete(group);
    else if (!wasAlone) this.isolated.add(group);
    this.#reportIsolated();
    this.#refresh();
  }

  // Only to a page that asked for it: each report runs the page.
  #reportIsolated() {
    if (this.data.isolated) this.report("isolated", { of: this.data.digests.colouring, groups: [...this.isolated].sort((a, b) => a - b) });
  }

  select(selection) {
    this.selection = selection && countOf(selection) > 0 ? selection : null;
    this.reported = { of: this.data.drawing, bits: this.selection ? toBits(this.selection) : null };
    this.report("selection", this.reported); // first: Python answers while the browser draws
    this.remember();
    this.#refresh();
  }

  selectInside(outline) {
    this.select(pointsInside(this.points, outline.map(([x, y]) => this.view.toData(x, y)), this.isolationMask()));
  }

  click(point) {
    this.report("click", { of: this.data.digests.points, point });
  }

  isolationMask() {
    if (!this.isolated.size || !this.paint.groups) return null;
    const mask = new Uint8Array(this.points.n);
    for (let i = 0; i < mask.length; i++) mask[i] = this.isolated.has(this.paint.groups[i]) ? 1 : 0;
    return mask;
  }

  // Everything that follows from selection and isolation.
  #refresh() {
    if (!this.points) return;
    const mask = this.isolationMask();
    this.active = this.selection && mask ? mask.map((bit, i) => bit & this.selection[i]) : this.selection ?? mask;
    const { names } = this.paint, chosen = this.selection && countGroups(this.paint.groups, names.length, this.selection);
    this.legendElement.classList.toggle("isolating", this.isolated.size > 0);
    this.rows.forEach((row, group) => {
      const count = (chosen ?? this.counts)[group].toLocaleString("en");
      row.querySelector(".count").textContent = count;
      if (group === names.length) return; // the points of no group: a line, not a button
      row.setAttribute("aria-pressed", String(this.isolated.has(group)));
      row.setAttribute("aria-label", `${names[group]}: ${count} points${chosen ? " selected" : ""}`);
    });
    const n = this.points.n.toLocaleString("en");
    this.statusElement.textContent = this.selection ? `${countOf(this.selection).toLocaleString("en")} of ${n} selected` : "";
    this.buttons.clear.disabled = !this.active;
    const kinds = names.length ? ` in ${names.length} groups: ${names.slice(0, 20).join(", ")}` : "";
    this.root.setAttribute("aria-label", `Map of ${n} points${kinds}`);
    this.pointsElement.setAttribute("aria-label", `Scatter plot of ${n} points${kinds}. Arrow keys move, plus and minus zoom.`);
    if (this.isReportDue) {
      this.isReportDue = false;
      this.report("selection", this.reported);
    }
    this.requestDraw();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.stageElement, ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    Object.assign(this.view, { width, height });
    this.painter.resize(width, height, ratio);
    this.overlayElement.width = this.pointsElement.width;
    this.overlayElement.height = this.pointsElement.height;
    this.#draw(); // at once: a canvas that changed its size is blank
  }

  requestDraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    if (!this.points || !this.painter.ratio) return;
    if (window.devicePixelRatio !== this.painter.ratio) return this.#resize();
    if (this.motion) {
      this.shown = this.motion.now();
      if (this.shown === this.points) this.motion = null;
      this.requestDraw();
    }
    this.view.bounds = this.shown.bounds;
    const started = performance.now(), transform = this.view.transform, radius = pointRadius(this.points.n, this.view);
    this.painter.paint({
      x: this.shown.x, y: this.shown.y, order: this.paintOrder, numbers: this.paint.values ?? this.paint.groups, palette: this.palette,
      active: this.active ?? null, radius, opacity: this.points.n > 20000 ? 0.8 : 0.9, transform, theme: this.theme,
    });
    this.drawOverlay(transform, radius);
    // For tests and benchmarks: where the data lie, and what drawing took.
    this.stageElement.dataset.drawMs = (performance.now() - started).toFixed(2);
    this.stageElement.dataset.transform = JSON.stringify(transform);
  }

  drawOverlay(transform = this.view.transform, radius = pointRadius(this.points.n, this.view)) {
    const ring = (i, colour) => (i >= 0 ? [{ x: this.shown.x[i], y: this.shown.y[i], radius, colour }] : []);
    const labels = this.#labels();
    this.stageElement.dataset.labels = labels.map(({ name }) => name).join(" ");
    drawOverlay(this.overlayElement, {
      ratio: this.painter.ratio, theme: this.theme, transform, outline: this.outline, labels,
      rings: [...ring(this.data.highlighted ?? -1, this.theme.primary), ...ring(this.hovered, this.theme.text)],
    });
  }

  #labels() {
    if (!this.data.show_labels || !this.paint.groups || this.motion) return [];
    const { names, groups } = this.paint, labels = shortNames(names);
    this.medians ??= groupMedians(this.points, groups, names.length).sort((a, b) => b.count - a.count);
    return this.medians.filter((m) => !this.isolated.size || this.isolated.has(m.group)).map((m) => ({ ...m, name: labels[m.group] }));
  }
}
