// A canvas of its own for what does not change with every picture.

class Layer {
  // width, height: in the page's pixels; scale: pixels of the canvas for one of those.
  constructor(width, height, scale) {
    this.scale = scale;
    this.canvas = document.createElement("canvas");
    this.canvas.width = Math.max(1, Math.round(width * scale));
    this.canvas.height = Math.max(1, Math.round(height * scale));
    this.width = this.canvas.width / scale;
    this.height = this.canvas.height / scale;
    this.drawn = null;
  }

  // Draws anew if it does not show `key` already.
  once(key, paint) {
    if (this.drawn === key) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    paint(context);
    this.drawn = key;
  }

  put(context, x, y) {
    context.drawImage(this.canvas, x, y, this.width, this.height);
  }
}
