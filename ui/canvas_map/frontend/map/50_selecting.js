// Which points lie inside an outline, and a selection as text (selection.py reads it).

const STRIPS = 256;

// Even-odd rule, exact. Edges are sorted into horizontal strips first, so a point meets the few that may cross its height.
function pointsInside({ n, x, y }, outline, active) {
  const inside = new Uint8Array(n);
  if (outline.length < 3) return inside;
  const [left, top, right, bottom] = boundsOf(outline.map((p) => p[0]), outline.map((p) => p[1]));
  const perStrip = STRIPS / Math.max(bottom - top, 1e-9);
  const strip = (height) => Math.min(STRIPS - 1, ((height - top) * perStrip) | 0);
  const edges = Array.from({ length: STRIPS }, () => []);
  outline.forEach(([x1, y1], k) => {
    const [x2, y2] = outline[(k + 1) % outline.length];
    for (let s = strip(Math.min(y1, y2)); s <= strip(Math.max(y1, y2)); s++) edges[s].push(x1, y1, x2, y2);
  });
  const edgesOf = edges.map((flat) => Float64Array.from(flat));
  for (let i = 0; i < n; i++) {
    const px = x[i], py = y[i];
    if (px < left || px > right || py < top || py > bottom || (active !== null && active[i] === 0)) continue;
    const near = edgesOf[strip(py)];
    let crossings = 0;
    for (let e = 0; e < near.length; e += 4) {
      const y1 = near[e + 1], y2 = near[e + 3];
      if (y1 > py !== y2 > py && px < ((near[e + 2] - near[e]) * (py - y1)) / (y2 - y1) + near[e]) crossings++;
    }
    inside[i] = crossings & 1;
  }
  return inside;
}

function toBits(selection) {
  const packed = new Uint8Array(Math.ceil(selection.length / 8));
  for (let i = 0; i < selection.length; i++) packed[i >> 3] |= selection[i] << (i & 7);
  let text = "";
  for (let k = 0; k < packed.length; k += 8192) text += String.fromCharCode(...packed.subarray(k, k + 8192));
  return btoa(text);
}

function fromBits(bits, n) {
  const packed = atob(bits), selection = new Uint8Array(n);
  for (let i = 0; i < n; i++) selection[i] = (packed.charCodeAt(i >> 3) >> (i & 7)) & 1;
  return selection;
}

const countOf = (selection) => selection.reduce((total, bit) => total + bit, 0);
