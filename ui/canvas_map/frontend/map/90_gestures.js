// Mouse, wheel and keyboard → what the map does.

const REACH = 10; // CSS pixels within which a point counts as pointed at
const CLICK_SLACK = 4;
const OUTLINE_STEP = 2;

function listenToGestures(map) {
  const canvas = map.pointsElement, stage = map.stageElement;
  let from = null; // where the button went down: {x, y, hasMoved}

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !map.points) return;
    const [x, y] = place(event);
    from = { x, y, lastX: x, lastY: y, hasMoved: false };
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    leavePoint(map);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!map.points) return;
    const [x, y] = place(event);
    if (!from) return pointAt(map, x, y);
    if (!from.hasMoved && Math.hypot(x - from.x, y - from.y) < CLICK_SLACK) return;
    const isFirst = !from.hasMoved;
    from.hasMoved = true;
    if (map.tool === "pan") {
      stage.classList.add("panning");
      map.view.panBy(x - from.lastX, y - from.lastY);
      map.requestDraw();
    } else if (map.tool === "box") {
      map.outline = [[from.x, from.y], [x, from.y], [x, y], [from.x, y]];
      map.drawOverlay();
    } else {
      if (isFirst) map.outline = [[from.x, from.y]];
      // A browser tells of movement once a frame: the places between make the outline true to a fast hand.
      const between = event.getCoalescedEvents();
      for (const [x, y] of (between.length ? between : [event]).map(place)) {
        const [lastX, lastY] = map.outline.at(-1);
        if (Math.hypot(x - lastX, y - lastY) >= OUTLINE_STEP) map.outline.push([x, y]);
      }
      map.drawOverlay();
    }
    from.lastX = x;
    from.lastY = y;
  });

  canvas.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { hasMoved } = from, outline = map.outline;
    cancel();
    if (!hasMoved) {
      const point = nearestTo(map, ...place(event));
      if (point >= 0) map.click(point);
    } else if (map.tool !== "pan") map.selectInside(outline);
    else map.remember();
  });

  const cancel = () => {
    from = null;
    map.outline = [];
    stage.classList.remove("panning");
    if (map.points) map.drawOverlay();
  };
  canvas.addEventListener("pointercancel", cancel);
  canvas.addEventListener("pointerleave", () => leavePoint(map));

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (!map.points) return;
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    map.view.zoomAt(...place(event), Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018)));
    leavePoint(map);
    map.requestDraw();
    map.remember();
  }, { passive: false });

  canvas.addEventListener("dblclick", () => {
    map.use("reset");
    map.remember();
  });

  map.root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !map.points) return;
    if (event.key === "Escape" && from) cancel();
    else if (!useKey(map, event)) return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
  });
}

function useKey(map, event) {
  const isOnMap = event.target === map.pointsElement;
  const tool = TOOLS.find(({ key }) => key.toLowerCase() === event.key.toLowerCase());
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const zooms = { "+": 1.25, "=": 1.25, "-": 0.8 };
  if (tool) map.use(tool.name);
  else if (isOnMap && moves[event.key]) map.view.panBy(...moves[event.key]);
  else if (isOnMap && zooms[event.key]) map.view.zoomAt(...map.view.anchor, zooms[event.key]);
  else return false;
  map.requestDraw();
  map.remember();
  return true;
}

function nearestTo(map, screenX, screenY) {
  if (map.motion) return -1; // the search grid knows where the points will be, not where they are
  const [x, y] = map.view.toData(screenX, screenY);
  return map.points.nearest(x, y, REACH / map.view.scale, map.active ?? null);
}

function leavePoint(map) {
  map.stageElement.classList.remove("pointing");
  map.tooltipElement.hidden = true;
  if (map.hovered < 0) return;
  map.hovered = -1;
  if (map.points) map.drawOverlay();
}

function pointAt(map, screenX, screenY) {
  const point = nearestTo(map, screenX, screenY);
  if (point === map.hovered) return;
  if (point < 0) return leavePoint(map);
  map.hovered = point;
  map.stageElement.classList.add("pointing");
  map.drawOverlay();
  const { groups, values, names, colours, isValues } = map.paint, { scale, sprites } = map.data, lines = [];
  const name = groups ? names[groups[point]] ?? "no group" : null;
  if (values) {
    const level = values[point], value = scale.low + (level / (NO_VALUE - 1)) * (scale.high - scale.low);
    const atTop = scale.is_clipped && level === NO_VALUE - 1 ? "≥ " : "";
    lines.push(`${scale.name}: ${level === NO_VALUE ? "no value" : atTop + readable(value)}`);
  }
  if (map.texts?.[point]) lines.push(map.texts[point]);
  const transform = map.view.transform;
  showTooltip(map.tooltipElement, {
    thumbnail: map.sheet && cutThumbnail(map.sheet, map.cells ? map.cells[point] : point, sprites),
    swatch: name !== null && !isValues ? colours[groups[point]] : null,
    title: name ?? `Point ${point.toLocaleString("en")}`,
    lines,
    x: map.shown.x[point] * transform.scale + transform.x,
    y: map.shown.y[point] * transform.scale + transform.y,
    stage: map.stageElement,
  });
}
