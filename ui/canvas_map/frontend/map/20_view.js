// Where the data lie on the screen: zoom 1 fits them into the stage; the centre is in data coordinates.

const MARGIN = 26; // CSS pixels around fitted data
const TOOLBAR = 30; // more of them above it, so that the tools cover none
const MAX_ZOOM = 60;

class View {
  zoom = 1;
  centre = null; // null: the middle of the data
  width = 1;
  height = 1;
  bounds = [0, 0, LEVELS, LEVELS];

  get scale() {
    const [left, top, right, bottom] = this.bounds;
    const fit = Math.min((this.width - 2 * MARGIN) / Math.max(1, right - left), (this.height - TOOLBAR - 2 * MARGIN) / Math.max(1, bottom - top));
    return Math.max(1e-6, fit) * this.zoom;
  }

  get middle() {
    const [left, top, right, bottom] = this.bounds;
    return this.centre ?? [(left + right) / 2, (top + bottom) / 2];
  }

  // Where the centre lies on the screen.
  get anchor() {
    return [this.width / 2, (this.height + TOOLBAR) / 2];
  }

  // screen = data * scale + offset
  get transform() {
    const scale = this.scale, [x, y] = this.middle, [anchorX, anchorY] = this.anchor;
    return { scale, x: anchorX - x * scale, y: anchorY - y * scale };
  }

  toData(screenX, screenY) {
    const t = this.transform;
    return [(screenX - t.x) / t.scale, (screenY - t.y) / t.scale];
  }

  zoomAt(screenX, screenY, factor) {
    const [x, y] = this.toData(screenX, screenY);
    this.zoom = Math.min(MAX_ZOOM, Math.max(0.5, this.zoom * factor));
    const scale = this.scale, [anchorX, anchorY] = this.anchor;
    this.centre = [x - (screenX - anchorX) / scale, y - (screenY - anchorY) / scale];
  }

  panBy(dx, dy) {
    const scale = this.scale, [x, y] = this.middle;
    this.centre = [x - dx / scale, y - dy / scale];
  }

  reset() {
    this.zoom = 1;
    this.centre = null;
  }
}
