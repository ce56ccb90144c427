// Points on their way from where they were shown to where new coordinates put them.

const MOTION_MS = 250;

class Motion {
  constructor(from, to) {
    this.from = from; // {x, y, bounds}
    this.to = to;
    this.start = performance.now();
  }

  // Where the points are now; the target itself once they have arrived.
  now() {
    const passed = (performance.now() - this.start) / MOTION_MS;
    if (passed >= 1) return this.to;
    const share = passed * passed * (3 - 2 * passed), { from, to } = this;
    const between = (a, b) => a.map((value, i) => value + (b[i] - value) * share);
    return { x: between(from.x, to.x), y: between(from.y, to.y), bounds: between(from.bounds, to.bounds) };
  }
}
