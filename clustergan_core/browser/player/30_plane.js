// The square: the encoder's regions, the critic's contours, real samples as rings, generated ones as dots.

const N_CONTOURS = 5;
const DRAWN_REGION = 0.12; // opacity

class PlanePanel {
  constructor(recording, look) {
    this.recording = recording;
    this.look = look;
  }

  draw(context, { x, y, width, height }, frame, part) {
    const side = Math.min(width, height);
    const left = x + (width - side) / 2;
    const toX = (value) => left + value * side;
    const toY = (value) => y + (1 - value) * side;
    context.save();
    context.beginPath();
    context.rect(left, y, side, side);
    context.clip();
    this.drawRegions(context, frame, toX, toY);
    this.drawContours(context, frame, toX, toY);
    this.drawReal(context, toX, toY);
    this.drawDots(context, frame, part, toX, toY);
    this.drawIslands(context, toX, toY, side);
    this.drawNumbers(context, frame, part, toX, toY);
    context.restore();
    context.strokeStyle = this.look.line;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, y + 0.5, side - 1, side - 1);
  }

  drawRegions(context, frame, toX, toY) {
    const { regions } = this.recording.arrays;
    if (!regions) return;
    const n = this.recording.nCells;
    context.globalAlpha = DRAWN_REGION;
    for (let cell = 0; cell < n * n; cell += 1) {
      context.fillStyle = this.look.colours[regions[frame * n * n + cell]];
      const [row, column] = [Math.floor(cell / n), cell % n];
      // Whole pixels, so that cells neither overlap nor leave gaps.
      const [x, y] = [Math.round(toX(column / n)), Math.round(toY((row + 1) / n))];
      context.fillRect(x, y, Math.round(toX((column + 1) / n)) - x, Math.round(toY(row / n)) - y);
    }
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
    context.beginPath();
    for (let index = 0; index < real.length; index += 2) {
      const [x, y] = [toX(real[index] / LEVELS), toY(real[index + 1] / LEVELS)];
      context.moveTo(x + 3, y);
      context.arc(x, y, 3, 0, 2 * Math.PI);
    }
    context.stroke();
  }

  drawDots(context, frame, part, toX, toY) {
    const modes = this.recording.arrays.generated_modes;
    const radius = this.look.size / 4.5;
    context.strokeStyle = this.look.page;
    context.lineWidth = 2;
    // One path for each mode: a path for each dot takes several times as long.
    for (let mode = 0; mode < Math.max(1, this.recording.header.n_modes); mode += 1) {
      context.fillStyle = modes ? this.look.colours[mode] : this.look.accent;
      context.beginPath();
      for (let dot = 0; dot < this.recording.nDots; dot += 1) {
        if (modes && modes[dot] !== mode) continue;
        const x = toX(this.recording.position(frame, part, dot, 0));
        const y = toY(this.recording.position(frame, part, dot, 1));
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.stroke(); // below the fill: dots of a mode often lie on one spot
      context.fill();
    }
  }

  // Each mode's number above the median of its dots: modes are told apart without colour.
  drawNumbers(context, frame, part, toX, toY) {
    const modes = this.recording.arrays.generated_modes;
    if (!modes) return;
    const middle = (values) => values.sort((one, other) => one - other)[values.length >> 1];
    const size = 1.15 * this.look.size;
    context.font = `700 ${size}px ${this.look.font}`;
    const above = 1.7 * size; // a mode's dots may all lie on one spot
    for (let mode = 0; mode < this.recording.header.n_modes; mode += 1) {
      const dots = [...modes.keys()].filter((dot) => modes[dot] === mode);
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
