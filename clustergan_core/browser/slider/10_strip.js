// The steps of a walk as bytes, and how a sample of one is drawn: pictures with the pixels they were generated with, rows
// of tables as bars or as the stroke of a pen, and several samples as a grid.

const CELL = 80; // side of a drawn sample in a grid

class Strip {
  constructor(spec, sections, theme) {
    this.spec = spec;
    this.theme = theme;
    this.samples = sections.samples;
    this.codes = sections.codes ?? null;
    const { reads } = sections;
    this.reads = reads ? new Uint16Array(reads.buffer, reads.byteOffset, reads.length / 2) : null;
    this.charts = spec.charts.map((chart, index) => {
      const part = (name) => {
        const bytes = sections[`chart-${index}${name}`];
        return bytes ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : null;
      };
      return { ...chart, values: part(""), lows: part("-lows"), highs: part("-highs"), beside: part("-beside") };
    });
  }

  get last() {
    return this.spec.n_steps - 1;
  }

  code(step) {
    const { n_modes: n } = this.spec;
    return this.codes ? this.codes.subarray(step * n, (step + 1) * n) : null;
  }

  // The mode that is read, found before its code was rounded to bytes.
  best(step) {
    return this.reads ? this.reads[step] : null;
  }

  // One step on a canvas; `side` is that of a sample that is drawn.
  draw(canvas, step, side = 720) {
    const { form, n_rows, n_columns, height, width, n_channels, n_values } = this.spec;
    const isGrid = n_rows * n_columns > 1;
    const [across, down, gap] = form === "pixels" ? [width, height, 1] : isGrid ? [CELL, CELL, 6] : [side, side, 0];
    canvas.width = n_columns * (across + gap) - gap;
    canvas.height = n_rows * (down + gap) - gap;
    const context = canvas.getContext("2d");
    const size = form === "pixels" ? height * width * n_channels : n_values;
    for (let cell = 0; cell < n_rows * n_columns; cell += 1) {
      const start = (step * n_rows * n_columns + cell) * size;
      const values = this.samples.subarray(start, start + size);
      const left = (cell % n_columns) * (across + gap);
      const top = Math.floor(cell / n_columns) * (down + gap);
      if (form === "pixels") this.drawPixels(context, values, left, top);
      else {
        context.setTransform(1, 0, 0, 1, left, top);
        if (form === "stroke") this.drawStroke(context, values, across);
        else this.drawProfile(context, values, across);
      }
    }
  }

  drawPixels(context, values, left, top) {
    const { height, width, n_channels } = this.spec;
    const picture = new ImageData(width, height);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        picture.data[4 * pixel + channel] = values[pixel * n_channels + (n_channels === 3 ? channel : 0)];
      }
      picture.data[4 * pixel + 3] = 255;
    }
    context.putImageData(picture, left, top);
  }

  // A row of a table as bars from left to right, on a fixed scale from 0 (bottom) to 1 (top).
  drawProfile(context, values, side) {
    context.fillStyle = this.theme.grid;
    context.fillRect(0, 0, side, side);
    context.fillStyle = this.theme.text;
    const gap = side / values.length >= 6 ? 2 : 0;
    values.forEach((value, index) => {
      const left = (index * side) / values.length;
      const height = Math.max(2, (value / 255) * side);
      context.fillRect(left, side - height, side / values.length - gap, height);
    });
  }

  // Eight pen positions as the stroke they trace; a ring marks its start.
  drawStroke(context, values, side) {
    const { page, text } = this.theme;
    const margin = 0.14 * side;
    const line = 0.045 * side;
    const points = Array.from({ length: values.length / 2 }, (_, index) => [
      margin + (values[2 * index] / 255) * (side - 2 * margin),
      side - margin - (values[2 * index + 1] / 255) * (side - 2 * margin),
    ]);
    context.fillStyle = page;
    context.fillRect(0, 0, side, side);
    Object.assign(context, { strokeStyle: text, lineWidth: line, lineCap: "round", lineJoin: "round" });
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
    context.beginPath();
    context.arc(...points[0], 0.085 * side, 0, 2 * Math.PI);
    context.lineWidth = line / 2;
    context.fill();
    context.stroke();
  }
}
