// Beside the square: how many dots each island holds, how the encoder shares out real samples, and the losses.

const LINES = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5]]; // dashes, so that lines differ without colour
const LOSS_TITLES = {
  critic: "critic",
  penalty: "gradient penalty",
  generator: "generator",
  normal_recovery: "recovery of z_n",
  cluster_recovery: "recovery of z_c",
};
const SHOWN_LOSSES = 0.98; // of all values; the rest would squeeze the lines

class SidePanels {
  constructor(recording, look, box, scale) {
    this.recording = recording;
    this.look = look;
    this.box = box;
    this.scale = scale;
  }

  draw(context, frame) {
    const { box } = this;
    const { masses } = this.recording.arrays;
    const k = masses ? masses.length / this.recording.nFrames : 0;
    const panels = [];
    if (this.recording.means.length) panels.push((part) => this.drawIslands(context, part, frame));
    if (k) panels.push((part) => this.drawMasses(context, part, frame, k));
    panels.push((part) => this.drawLosses(context, part, frame));
    const gap = this.look.size;
    const height = (box.height - gap * (panels.length - 1)) / panels.length;
    panels.forEach((panel, index) => panel({ ...box, y: box.y + index * (height + gap), height }));
  }

  title(context, { x, y }, text) {
    context.font = `600 ${this.look.size}px ${this.look.font}`;
    context.fillStyle = this.look.text;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(text, x, y);
  }

  drawIslands(context, box, frame) {
    this.title(context, box, "Dots on each island (line: data)");
    const { shares, realShares, means } = this.recording;
    const names = [...means.map((_, island) => letter(island)), "off"];
    const fills = [...means.map(() => this.look.accent), this.look.quiet];
    this.drawBars(context, box, [...shares[frame]], names, fills, [...realShares]);
  }

  drawMasses(context, box, frame, k) {
    this.title(context, box, "Real samples that the encoder gives each mode");
    const values = [...this.recording.arrays.masses.subarray(frame * k, (frame + 1) * k)];
    this.drawBars(context, box, values, values.map((_, mode) => `${mode}`), this.look.colours, null);
  }

  drawBars(context, { x, y, width, height }, values, names, fills, marks) {
    const { size } = this.look;
    const top = y + 2.6 * size;
    const bottom = y + height - 1.3 * size;
    const most = Math.max(0.5, ...values, ...(marks ?? []));
    const step = width / values.length;
    context.font = `400 ${size}px ${this.look.font}`;
    context.textAlign = "center";
    values.forEach((value, index) => {
      const left = x + index * step;
      const tall = (share) => (share / most) * (bottom - top);
      context.fillStyle = fills[index];
      context.fillRect(left + 0.15 * step, bottom - tall(value), 0.7 * step, tall(value));
      context.fillStyle = this.look.text;
      context.textBaseline = "bottom";
      context.fillText(`${Math.round(100 * value)}%`, left + step / 2, bottom - Math.max(tall(value), tall(marks?.[index] ?? 0)) - 2);
      context.textBaseline = "top";
      context.fillText(names[index], left + step / 2, bottom + 3);
      if (!marks) return;
      context.fillRect(left + 0.08 * step, bottom - tall(marks[index]) - 1, 0.84 * step, 2);
    });
    context.fillStyle = this.look.line;
    context.fillRect(x, bottom, width, 1);
  }

  // The lines are drawn once, the playhead in every frame.
  drawLosses(context, { x, y, width, height }, frame) {
    const { steps } = this.recording.arrays;
    this.lines ??= new Layer(width, height, this.scale);
    this.lines.once(0, (onto) => (this.field = this.drawLines(onto, { x: 0, y: 0, width, height })));
    this.lines.put(context, x, y);
    context.fillStyle = this.look.text;
    const at = (steps[frame] / steps[steps.length - 1]) * width || 0;
    context.fillRect(x + at - 1, y + this.field.top, 2, this.field.bottom - this.field.top);
  }

  drawLines(context, { x, y, width, height }) {
    const { size } = this.look;
    const { steps, losses } = this.recording.arrays;
    const names = this.recording.header.loss_names;
    this.title(context, { x, y }, "Losses");
    context.font = `400 ${0.85 * size}px ${this.look.font}`;
    let [pen, row] = [x, y + 1.4 * size];
    const colours = [this.look.text, this.look.accent, this.look.quiet, this.look.warm, this.look.cool];
    const colour = (index) => colours[index % colours.length];
    context.textBaseline = "middle";
    names.forEach((name, index) => {
      const title = LOSS_TITLES[name] ?? name.replaceAll("_", " ");
      const long = context.measureText(title).width + 2.6 * size;
      if (pen > x && pen + long > x + width) [pen, row] = [x, row + 1.2 * size];
      this.line(context, index, colour(index), [[pen, row + 0.5 * size], [pen + 1.4 * size, row + 0.5 * size]]);
      context.fillStyle = this.look.text;
      context.fillText(title, pen + 1.7 * size, row + 0.5 * size);
      pen += long;
    });
    const top = row + 1.6 * size;
    const bottom = y + height - 1.3 * size;
    const sorted = losses.filter(Number.isFinite).sort();
    const edge = Math.floor(((1 - SHOWN_LOSSES) / 2) * sorted.length);
    const [low, high] = [Math.min(0, sorted[edge]), Math.max(0, sorted[sorted.length - 1 - edge])];
    const toX = (step) => x + (step / steps[steps.length - 1]) * width;
    const toY = (value) => bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low || 1)) * (bottom - top);
    context.fillStyle = this.look.line;
    context.fillRect(x, toY(0), width, 1);
    names.forEach((_, index) => {
      const points = [];
      for (let at = 1; at < steps.length; at += 1) points.push([toX(steps[at]), toY(losses[at * names.length + index])]);
      this.line(context, index, colour(index), points);
    });
    context.fillStyle = this.look.text;
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText("0", x, bottom + 3);
    context.textAlign = "right";
    context.fillText(`step ${steps[steps.length - 1]}`, x + width, bottom + 3);
    return { top, bottom };
  }

  line(context, index, colour, points) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash(LINES[index % LINES.length]);
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
    context.setLineDash([]);
  }
}
