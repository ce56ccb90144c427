// The points: what the cargo's bytes mean, who lies where, and in what order they are drawn.

const NO_VALUE = 255;
const LEVELS = 65535; // coordinates run from 0 to LEVELS; the longer axis of the data fills it
const GRID = 128; // cells a side of the search grid

class Points {
  constructor(xy, isFramed) {
    const quantised = new Uint16Array(xy.buffer, xy.byteOffset, xy.byteLength / 2);
    this.n = quantised.length / 2;
    this.x = new Float32Array(quantised.subarray(0, this.n));
    this.y = new Float32Array(this.n);
    for (let i = 0; i < this.n; i++) this.y[i] = LEVELS - quantised[this.n + i]; // a screen's y runs downwards
    this.bounds = isFramed ? [0, 0, LEVELS, LEVELS] : boundsOf(this.x, this.y);
    this.#index();
  }

  // Counting sort of the points into GRID × GRID cells.
  #index() {
    const cells = new Uint16Array(this.n);
    this.cellStart = new Uint32Array(GRID * GRID + 1);
    for (let i = 0; i < this.n; i++) {
      cells[i] = (((this.y[i] * GRID) / (LEVELS + 1)) | 0) * GRID + (((this.x[i] * GRID) / (LEVELS + 1)) | 0);
      this.cellStart[cells[i] + 1]++;
    }
    for (let c = 0; c < GRID * GRID; c++) this.cellStart[c + 1] += this.cellStart[c];
    const next = this.cellStart.slice();
    this.cellPoints = new Uint32Array(this.n);
    for (let i = 0; i < this.n; i++) this.cellPoints[next[cells[i]]++] = i;
  }

  // The point nearest to (x, y) within radius, and preferably one that is active; -1 for none.
  nearest(x, y, radius, active) {
    const cell = (value) => Math.min(GRID - 1, Math.max(0, ((value * GRID) / (LEVELS + 1)) | 0));
    let best = -1, bestDistance = radius * radius, bestIsActive = false;
    for (let row = cell(y - radius); row <= cell(y + radius); row++) {
      const from = this.cellStart[row * GRID + cell(x - radius)], to = this.cellStart[row * GRID + cell(x + radius) + 1];
      for (let k = from; k < to; k++) {
        const i = this.cellPoints[k];
        const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
        if (distance > radius * radius) continue;
        const isActive = !active || active[i] === 1;
        if (isActive === bestIsActive ? distance < bestDistance || best < 0 : isActive) {
          best = i; bestDistance = distance; bestIsActive = isActive;
        }
      }
    }
    return best;
  }
}

function boundsOf(x, y) {
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (let i = 0; i < x.length; i++) {
    if (x[i] < left) left = x[i];
    if (x[i] > right) right = x[i];
    if (y[i] < top) top = y[i];
    if (y[i] > bottom) bottom = y[i];
  }
  return [left, top, right, bottom];
}

// Points of sorted data take turns, so that no group lies on top of another: one from each section, then the next of each.
// A shuffle would do too, but jumping about in memory made drawing several times slower.
const SECTIONS = 61;

function drawingOrder(n) {
  const order = new Uint32Array(n), length = Math.ceil(n / SECTIONS);
  let k = 0;
  for (let step = 0; step < length; step++) {
    for (let i = step; i < n; i += length) order[k++] = i;
  }
  return order;
}

// What is zero lies below what is not.
function zerosFirst(order, values) {
  const sorted = new Uint32Array(order.length);
  let k = 0;
  for (const isZero of [true, false]) {
    for (const i of order) if ((values[i] === 0) === isZero) sorted[k++] = i;
  }
  return sorted;
}

function countGroups(groups, nGroups, selection) {
  const counts = new Uint32Array(nGroups + 1); // the last counts the points of no group
  if (!groups) return counts;
  for (let i = 0; i < groups.length; i++) {
    if (!selection || selection[i]) counts[Math.min(groups[i], nGroups)]++;
  }
  return counts;
}

// The median of each group's coordinates: a place inside the group more often than the mean.
function groupMedians(points, groups, nGroups) {
  const counts = countGroups(groups, nGroups);
  const median = (values) => values.sort()[values.length >> 1];
  const xs = [], ys = [], filled = new Uint32Array(nGroups);
  for (let g = 0; g < nGroups; g++) { xs.push(new Float32Array(counts[g])); ys.push(new Float32Array(counts[g])); }
  for (let i = 0; i < groups.length; i++) {
    const g = groups[i];
    if (g >= nGroups) continue;
    xs[g][filled[g]] = points.x[i];
    ys[g][filled[g]++] = points.y[i];
  }
  return xs.map((x, g) => ({ group: g, count: counts[g], x: median(x), y: median(ys[g]) })).filter((m) => m.count > 0);
}
