// Points as antialiased discs, blended into a pixel buffer by hand: measured faster than canvas calls, and than WebGL without a GPU.

const PHASES = 4; // a disc's centre lies on a quarter of a pixel, so panning does not jitter

class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    // Not { alpha: false }: an opaque layer shows white where the round corners cut it off.
    this.context = canvas.getContext("2d");
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.image = null;
  }

  // Discs of `radius` device pixels around each phase, as pixel offsets and weights (0..256).
  #stamps(radius, opacity, stride) {
    const reach = Math.ceil(radius + 1), stamps = [];
    for (let phase = 0; phase < PHASES * PHASES; phase++) {
      const centreX = ((phase % PHASES) + 0.5) / PHASES, centreY = (((phase / PHASES) | 0) + 0.5) / PHASES;
      const offsets = [], weights = [];
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const coverage = radius + 0.5 - Math.hypot(dx + 0.5 - centreX, dy + 0.5 - centreY);
          const weight = Math.round(Math.min(1, Math.max(0, coverage)) * opacity * 256);
          if (weight > 0) { offsets.push(dy * stride + dx); weights.push(weight); }
        }
      }
      stamps.push([Int32Array.from(offsets), Int32Array.from(weights)]);
    }
    return stamps;
  }

  // radius in CSS pixels; numbers[i] picks a colour of the palette; active[i] = 0 draws point i faded, below the others.
  paint({ x, y, order, numbers, palette, active, radius, opacity, transform, theme }) {
    const ratio = this.ratio, deviceRadius = radius * ratio, pad = Math.ceil(deviceRadius) + 2;
    const width = this.canvas.width + 2 * pad, height = this.canvas.height + 2 * pad;
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const pixels = this.pixels.fill(pixelOf(theme.background));
    const scale = transform.scale * ratio, offsetX = transform.x * ratio + pad, offsetY = transform.y * ratio + pad;
    const faded = pixelOf(theme.faded);

    const pass = (isActivePass, stamps) => {
      for (let k = 0; k < order.length; k++) {
        const i = order[k];
        if (active !== null && (active[i] === 1) !== isActivePass) continue;
        const px = x[i] * scale + offsetX, py = y[i] * scale + offsetY;
        if (!(px >= pad - 1 && py >= pad - 1 && px < width - pad + 1 && py < height - pad + 1)) continue;
        const column = px | 0, row = py | 0;
        const [offsets, weights] = stamps[((px - column) * PHASES | 0) + ((py - row) * PHASES | 0) * PHASES];
        const colour = isActivePass ? (numbers === null ? palette[0] : palette[numbers[i]]) : faded;
        const redBlue = colour & 0xff00ff, green = colour & 0xff00, place = row * width + column;
        for (let j = 0; j < offsets.length; j++) {
          const at = place + offsets[j], weight = weights[j], below = pixels[at];
          const belowRedBlue = below & 0xff00ff, belowGreen = below & 0xff00;
          // Two channels at a time; carries between them fall outside the masks.
          pixels[at] = 0xff000000
            | ((belowRedBlue + (Math.imul(redBlue - belowRedBlue, weight) >> 8)) & 0xff00ff)
            | ((belowGreen + (Math.imul(green - belowGreen, weight) >> 8)) & 0xff00);
        }
      }
    };
    if (active !== null) pass(false, this.#stamps(deviceRadius, Math.min(opacity, 0.7), width));
    pass(true, this.#stamps(deviceRadius, opacity, width));
    this.context.putImageData(this.image, -pad, -pad);
  }
}

// Points cover a fixed share of the stage, within limits, and grow slower than the zoom.
function pointRadius(n, view) {
  const radius = Math.sqrt((0.13 * view.width * view.height) / (Math.PI * n));
  return Math.min(8, Math.min(4.5, Math.max(n > 100000 ? 0.85 : 1.05, radius)) * Math.max(1, view.zoom) ** 0.4);
}
