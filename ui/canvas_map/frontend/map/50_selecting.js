// Which points lie inside an outline, and a selection as text (selection.py reads it).

const STRIPS = 256;

// Even-odd rule, exact. Edges are sorted into horizontal strips first, so a point meets the few that may cross its height.
function pointsInside(points, outline, active) {
  const inside = new Uint8Array(points.n);
  if (outline.length < 3) return inside;
  const [left, top, right, bottom] = boundsOf(outline.map((p) => p[0]), outline.map((p) => p[1]));
  const height = Math.max(bottom - top, 1e-9), strips = Array.from({ length: STRIPS }, () => []);
  const strip = (y) => Math.min(STRIPS - 1, Math.max(0, (((y - top) / height) * STRIPS) | 0));
  outline.forEach(([x1, y1], k) => {
    const [x2, y2] = outline[(k + 1) % outline.length];
    for (let s = strip(Math.min(y1, y2)); s <= strip(Math.max(y1, y2)); s++) strips[s].push([x1, y1, x2, y2]);
  });
  for (let i = 0; i < points.n; i++) {
    const x = points.x[i], y = points.y[i];
    if (x < left || x > right || y < top || y > bottom || (active && active[i] === 0)) continue;
    let crossings = 0;
    for (const [x1, y1, x2, y2] of strips[strip(y)]) {
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) crossings++;
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
