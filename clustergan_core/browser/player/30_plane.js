// The square: the encoder's regions, the critic's contours, real samples as rings, generated ones as dots.

const N_CONTOURS = 5;
const DRAWN_REGION = 0.12; // opacity

class PlanePanel {
  // scale: pixels of the canvas for one of the page's.
  constructor(recording, look, side, scale) {
    this.recording = recording;
    this.look = look;
    this.side = side;
    this.rings = new Layer(side, side, scale); // the same in all frames
    this.ground = new Layer(side, side, scale); // the same between two frames, while only dots move
    const modes = recording.arrays.generated_modes;
    this.ofMode = Array.from({ length: modes ? recording.header.n_modes : 0 }, (_, mode) =>
      [...modes.keys()].filter((dot) => modes[dot] === mode));
  }

  draw(context, left, top, frame, part) {
    const { side } = this;
    const inLayer = [(value) => value * side, (value) => (1 - value) * side];
    const toX = (value) => left + value * side;
    const toY = (value) => top + (1 - value) * side;
    this.rings.once(0, (onto) => this.drawReal(onto, ...inLayer));
    this.ground.once(frame, (onto) => {
      this.drawRegions(onto, frame);
      this.drawContours(onto, frame, ...inLayer);
      this.rings.put(onto, 0, 0);
    });
    context.save();
    context.beginPath();
    context.rect(left, top, side, side);
    context.clip();
    this.ground.put(context, left, top);
    this.drawDots(context, frame, part, toX, toY);
    this.drawIslands(context, toX, toY, side);
    this.drawNumbers(context, frame, part, toX, toY);
    context.restore();
    context.strokeStyle = this.look.line;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
  }

  // One pixel for each cell, drawn larger.
  drawRegions(context, frame) {
    const { regions } = this.recording.arrays;
    if (!regions) return;
    const n = this.recording.nCells;
    this.cells ??= new Layer(n, n, 1);
    this.cells.once(frame, (onto) => {
      const picture = new ImageData(n, n);
      const bytes = this.look.colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
      for (let cell = 0; cell < n * n; cell += 1) {
        const [row, column] = [Math.floor(cell / n), cell % n]; // from the bottom
        picture.data.set([...bytes[regions[frame * n * n + cell]], 255], 4 * ((n - 1 - row) * n + column));
      }
      onto.putImageData(picture, 0, 0);
    });
    context.globalAlpha = DRAWN_REGION;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.cells.canvas, 0, 0, this.side, this.side);
    context.globalAlpha = 1;
  }

  drawContours(context, frame, toX, toY) {
    const { critic } = this.recording.arrays;
    if (!critic) return;
    const n = this.recording.nCells;
    const grid = critic.subarray(frame * n * n, (frame + 1) * n * n);
    context.strokeStyle = this.look.contour;
    context.lineWidth = 1;
    for (let number = 1; number <= N_CONTOURS; number += 1) {
      context.globalAlpha = 0.35 + (0.65 * number) / N_CONTOURS; // darker where the critic takes samples for real
      context.beginPath();
      drawContour(context, grid, n, (255 * number) / (N_CONTOURS + 1), toX, toY);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  drawIslands(context, toX, toY, side) {
    const { means, reach } = this.recording;
    context.strokeStyle = context.fillStyle = this.look.text;
    context.lineWidth = 1;
    context.font = `600 ${this.look.size}px ${this.look.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    means.forEach(([x, y], island) => {
      context.setLineDash([4, 4]);
      context.beginPath();
      context.arc(toX(x), toY(y), Math.max(reach * side, 4), 0, 2 * Math.PI);
      context.stroke();
      context.setLineDash([]);
      const away = reach * side + 0.9 * this.look.size;
      context.fillText(letter(island), toX(x) + (x < 0.5 ? -away : away) * 0.75, toY(y) + (y < 0.5 ? away : -away) * 0.75);
    });
  }

  drawReal(context, toX, toY) {
    const { real } = this.recording.arrays;
    context.strokeStyle = this.look.real;
    context.lineWidth = 1.25;
    for (let index = 0; index < real.length; index += 2) {
      context.beginPath();
      context.arc(toX(real[index] / LEVELS), toY(real[index + 1] / LEVELS), 3, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // All halos lie below all dots: dots of a mode often lie on one spot. Each is filled alone: one path of them all takes
  // Chromium ten times as long.
  drawDots(context, frame, part, toX, toY) {
    const modes = this.recording.arrays.generated_modes;
    const radius = this.look.size / 4.5;
    const places = Array.from({ length: this.recording.nDots }, (_, dot) =>
      [0, 1].map((axis) => [toX, toY][axis](this.recording.position(frame, part, dot, axis))));
    context.fillStyle = this.look.page;
    for (const [x, y] of places) fillDot(context, x, y, radius + 1);
    for (const [dot, [x, y]] of places.entries()) {
      context.fillStyle = modes ? this.look.colours[modes[dot]] : this.look.accent;
      fillDot(context, x, y, radius);
    }
  }

  // Each mode's number above the median of its dots: modes are told apart without colour.
  drawNumbers(context, frame, part, toX, toY) {
    if (!this.ofMode.length) return;
    const middle = (values) => Float64Array.from(values).sort()[values.length >> 1];
    const size = 1.15 * this.look.size;
    context.font = `700 ${size}px ${this.look.font}`;
    const above = 1.7 * size; // a mode's dots may all lie on one spot
    for (const [mode, dots] of this.ofMode.entries()) {
      if (!dots.length) continue;
      const [x, y] = [0, 1].map((axis) => middle(dots.map((dot) => this.recording.position(frame, part, dot, axis))));
      context.fillStyle = this.look.page;
      context.strokeStyle = this.look.colours[mode];
      context.lineWidth = 2;
      context.beginPath();
      context.arc(toX(x), toY(y) - above, 0.85 * size, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      context.fillStyle = this.look.text;
      context.fillText(mode, toX(x), toY(y) - above + 1);
    }
  }
}

function fillDot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
