// A track from one end of a walk to the other: the picture and the code of the nearest step follow the pointer without
// a question to the server; the value is sent when the pointer is released.

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const N_NUMBERED = 30; // more modes than this have no room for numbers
const SETTLE = 250; // milliseconds after the last key until the value is sent

class LatentSlider {
  constructor(root) {
    this.root = root;
    this.at = (selector) => root.querySelector(selector);
    this.track = this.at(".track");
    this.step = null; // shown now
    this.sent = 0; // how many values were sent; an answer to an earlier one does not move the handle
    this.isHeld = false;
    this.track.addEventListener("pointerdown", (event) => this.press(event));
    this.track.addEventListener("pointermove", (event) => this.isHeld && this.show(this.stepAt(event)));
    for (const name of ["pointerup", "pointercancel"]) this.track.addEventListener(name, () => this.release());
    this.track.addEventListener("dblclick", () => this.go(Math.round((this.data.first ?? 0.5) * this.last)));
    this.track.addEventListener("keydown", (event) => this.key(event));
  }

  dispose() {
    clearTimeout(this.timer);
  }

  get last() {
    return this.data.n_steps - 1;
  }

  // data: what the page says; find(slot, digest): the sections sent for it, or null before they have come; send(value):
  // told when the handle is released.
  update(data, find, send) {
    const isNew = this.data?.digest !== data.digest;
    this.data = data;
    this.find = find;
    this.send = send;
    this.track.setAttribute("aria-label", data.label);
    this.root.style.setProperty("--aspect", `${data.width} / ${data.height}`);
    this.at(".words").textContent = data.words;
    if (!this.isHeld && data.n_sent >= this.sent) {
      this.sent = data.n_sent;
      this.step = Math.round(data.value * this.last);
    }
    if (isNew) this.strip = null;
    this.read();
  }

  // Takes the strip once it is there, draws what stays while the handle moves, and the step shown.
  read() {
    const sections = this.data && this.find(this.data.slot, this.data.digest);
    if (!sections) return;
    if (!this.strip) {
      this.strip = sections;
      const reads = this.strip.reads;
      this.reads = reads ? new Uint16Array(reads.buffer, reads.byteOffset, reads.length / 2) : null;
      this.drawSteps();
      this.drawFlips();
      this.drawBars();
    }
    this.show(this.step, true);
  }

  press(event) {
    if (event.button !== 0) return;
    this.isHeld = true;
    this.track.setPointerCapture(event.pointerId);
    this.track.focus({ preventScroll: true });
    event.preventDefault();
    this.show(this.stepAt(event));
  }

  release() {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.commit();
  }

  key(event) {
    const size = event.shiftKey ? 10 : 1;
    if (event.key in KEYS) this.show(this.step + KEYS[event.key] * size);
    else if (event.key === "Home") this.show(0);
    else if (event.key === "End") this.show(this.last);
    else return;
    event.preventDefault();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), SETTLE);
  }

  go(step) {
    this.show(step);
    this.commit();
  }

  commit() {
    clearTimeout(this.timer);
    this.sent += 1;
    this.send({ value: this.step / this.last, n_sent: this.sent });
  }

  stepAt(event) {
    const box = this.track.getBoundingClientRect();
    return Math.round(((event.clientX - box.left) / box.width) * this.last);
  }

  code(step) {
    const { n_modes: n } = this.data;
    return this.strip.codes ? this.strip.codes.subarray(step * n, (step + 1) * n) : null;
  }

  // The mode that is read, found before its code was rounded to bytes.
  best(step) {
    return this.reads ? this.reads[step] : null;
  }

  show(step, isForced = false) {
    step = Math.max(0, Math.min(this.last, step));
    if (step === this.step && !isForced) return;
    this.step = step;
    const mu = step / this.last;
    this.at(".handle").style.left = `${100 * mu}%`;
    this.at("output").textContent = `${this.data.label} = ${mu.toFixed(2)}`;
    this.track.setAttribute("aria-valuenow", mu.toFixed(2));
    if (!this.strip) return;
    const code = this.code(step);
    const best = this.best(step);
    const read = code ? `, read as ${this.data.noun} ${best}, ${Math.round((code[best] / 255) * 100)}%` : "";
    this.track.setAttribute("aria-valuetext", `${this.data.label} ${mu.toFixed(2)}${read}`);
    const near = Math.round(mu * (this.data.n_thumbnails - 1));
    [...this.at(".steps").children].forEach((figure, index) => figure.classList.toggle("near", index === near));
    const canvas = this.at(".picture");
    this.draw(canvas, step);
    const place = this.describe(mu);
    canvas.setAttribute("aria-label", `Generated sample at ${place}`);
    this.at(".code").textContent = `z_c = ${place}`;
    canvas.dataset.step = step;
    this.showCode(code, best);
  }

  describe(mu) {
    const [from, to] = this.data.ends;
    const parts = from === to ? [[1, from]] : [[1 - mu, from], [mu, to]];
    return parts
      .filter(([share]) => share >= 0.005)
      .sort((one, other) => other[0] - one[0] || one[1] - other[1])
      .map(([share, mode]) => `${share.toFixed(2)} · ${this.data.noun} ${mode}`)
      .join(" + ");
  }

  showCode(code, best) {
    const bars = this.at(".bars");
    const read = this.at(".read");
    bars.hidden = this.at(".bars-title").hidden = !code;
    if (!code) {
      read.textContent = "";
      return;
    }
    const noun = this.data.noun;
    const strong = (text) => Object.assign(document.createElement("strong"), { textContent: text });
    const confidence = (code[best] / 255).toFixed(2);
    read.replaceChildren("The encoder reads ", strong(`${noun} ${best}`), " in this sample, confidence ", strong(confidence));
    const spoken = [];
    [...bars.children].forEach((column, mode) => {
      const share = code[mode] / 255;
      column.querySelector("i").style.height = `max(1px, ${share.toFixed(4)} * var(--full))`;
      const isTold = share >= 0.005;
      if (this.data.n_modes <= N_NUMBERED) column.querySelector("b").textContent = isTold ? share.toFixed(2) : "";
      else column.querySelector("span").textContent = mode === best ? mode : "\u00a0";
      if (isTold) spoken.push(`${noun} ${mode} ${share.toFixed(2)}`);
    });
    bars.setAttribute("aria-label", `Probabilities: ${spoken.join(", ")}`);
  }

  drawBars() {
    const isNumbered = this.data.n_modes <= N_NUMBERED;
    const bars = this.at(".bars");
    bars.style.gap = isNumbered ? "4px" : "1px";
    bars.replaceChildren(...this.data.colours.map((colour, mode) => {
      const column = document.createElement("div");
      const bar = document.createElement("i");
      Object.assign(bar.style, { display: "block", background: colour });
      const number = Object.assign(document.createElement("span"), { textContent: isNumbered ? mode : "\u00a0" });
      column.append(document.createElement("b"), bar, number);
      return column;
    }));
    this.at(".bars-title").textContent = `${this.data.noun}: probability that the encoder gives it`;
  }

  drawSteps() {
    const n = this.data.n_thumbnails;
    this.at(".steps").replaceChildren(...Array.from({ length: n }, (_, index) => {
      const step = Math.round((index * this.last) / (n - 1));
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      const mark = document.createElement("i");
      this.draw(canvas, step, 104);
      const best = this.best(step);
      if (best !== null) mark.style.background = this.data.colours[best];
      figure.append(canvas, mark, (step / this.last).toFixed(1));
      figure.addEventListener("click", () => this.go(step));
      return figure;
    }));
  }

  // A tick where the mode that is read changes, between the two steps of the change.
  drawFlips() {
    const flips = [];
    for (let step = 1; this.strip.codes && step <= this.last; step += 1) {
      if (this.best(step) === this.best(step - 1)) continue;
      const tick = document.createElement("i");
      tick.style.left = `${(100 * (step - 0.5)) / this.last}%`;
      flips.push(tick);
    }
    this.at(".flips").replaceChildren(...flips);
  }

  // One step on a canvas. `side` is for drawn samples; pictures have the pixels they were generated with.
  draw(canvas, step, side = 720) {
    const { form, height, width, n_channels, n_values } = this.data;
    if (form === "pixels") {
      canvas.width = width;
      canvas.height = height;
      const size = height * width;
      const values = this.strip.samples.subarray(step * size * n_channels, (step + 1) * size * n_channels);
      const picture = new ImageData(width, height);
      for (let pixel = 0; pixel < size; pixel += 1) {
        for (let channel = 0; channel < 3; channel += 1) {
          picture.data[4 * pixel + channel] = values[pixel * n_channels + (n_channels === 3 ? channel : 0)];
        }
        picture.data[4 * pixel + 3] = 255;
      }
      canvas.getContext("2d").putImageData(picture, 0, 0);
      return;
    }
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const values = this.strip.samples.subarray(step * n_values, (step + 1) * n_values);
    if (form === "stroke") this.drawStroke(context, values, side);
    else this.drawProfile(context, values, side);
  }

  // A row of a table as bars from left to right, on a fixed scale from 0 (bottom) to 1 (top).
  drawProfile(context, values, side) {
    context.fillStyle = this.data.theme.grid;
    context.fillRect(0, 0, side, side);
    context.fillStyle = this.data.theme.text;
    const gap = side / values.length >= 6 ? 2 : 0;
    values.forEach((value, index) => {
      const left = (index * side) / values.length;
      const height = Math.max(2, (value / 255) * side);
      context.fillRect(left, side - height, side / values.length - gap, height);
    });
  }

  // Eight pen positions as the stroke they trace; a ring marks its start.
  drawStroke(context, values, side) {
    const { page, text } = this.data.theme;
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
