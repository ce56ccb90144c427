// The player: one clock for all panels, and the controls that set it. It knows nothing of where the recording came from.

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const FRAMES_PER_SECOND = 12; // at speed 1
const BETWEEN_SPOKEN = 1000; // milliseconds between two messages to a screen reader
const STACKED_BELOW = 640; // pixels of width: the panels lie below the square
const APART = 0.16; // of the timeline: bookmarks that are closer would overlap, and the later one stays
const SETTLE = 400; // milliseconds without a change until the place is told

class Player {
  constructor(root) {
    this.root = root;
    this.at = (selector) => root.querySelector(selector);
    this.canvas = this.at(".stage");
    this.frame = 0;
    this.isPlaying = false;
    this.speed = 1;
    this.mayMove = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.told = () => {};
    this.at(".speed select").replaceChildren(
      ...SPEEDS.map((speed) => new Option(`×${{ 0.25: "¼", 0.5: "½" }[speed] ?? speed}`, speed, speed === 1, speed === 1)),
    );
    this.at(".play").addEventListener("click", () => this.toggle());
    this.at(".forward").addEventListener("click", () => this.move(1));
    this.at(".back").addEventListener("click", () => this.move(-1));
    this.at(".restart").addEventListener("click", () => this.restart());
    this.at(".speed select").addEventListener("change", (event) => (this.speed = Number(event.target.value)));
    this.at(".timeline").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    this.at("details").addEventListener("toggle", () => this.tabulate());
    root.addEventListener("keydown", (event) => this.key(event));
    this.hidden = () => document.hidden && this.pause();
    document.addEventListener("visibilitychange", this.hidden);
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.canvas);
  }

  dispose() {
    this.pause();
    clearTimeout(this.settling);
    this.resized.disconnect();
    document.removeEventListener("visibilitychange", this.hidden);
  }

  // Shows a recording from its `frame`; the same one stays where it is.
  show(recording, frame) {
    if (recording !== this.recording) {
      this.pause();
      this.recording = recording;
      this.frame = Math.min(frame, recording.nFrames - 1);
      this.at(".timeline").max = recording.nFrames - 1;
      this.mark();
    }
    this.draw();
    this.canvas.dataset.ready = recording.header.name;
  }

  dress(look) {
    this.look = look;
    this.draw();
  }

  get last() {
    return this.recording.nFrames - 1;
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play() {
    if (!this.recording) return;
    if (this.frame === this.last) this.frame = 0;
    this.isPlaying = true;
    this.at(".play span").textContent = "Pause";
    let before = null;
    let place = this.frame;
    const tick = (now) => {
      if (!this.isPlaying) return;
      // A frame's time may lie before the click that asked for it.
      const seconds = before === null ? 0 : (now - before) / 1000;
      place = Math.min(this.last, place + seconds * FRAMES_PER_SECOND * this.speed);
      before = now;
      this.frame = Math.floor(place);
      this.draw(this.mayMove && this.frame < this.last ? place - this.frame : 0);
      if (this.frame === this.last) this.pause();
      else this.ticking = requestAnimationFrame(tick);
    };
    this.ticking = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    cancelAnimationFrame(this.ticking);
    this.at(".play span").textContent = "Play";
    this.seek(this.frame);
  }

  move(count) {
    this.seek(this.frame + count);
  }

  seek(frame) {
    if (!this.recording) return;
    if (this.isPlaying) this.pause();
    this.frame = Math.max(0, Math.min(this.last, frame));
    this.draw();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.told(this.frame), SETTLE);
  }

  restart() {
    this.seek(0);
    if (this.mayMove) this.play();
  }

  setSpeed(change) {
    const index = Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(this.speed) + change));
    this.speed = SPEEDS[index];
    this.at(".speed select").selectedIndex = index;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.tagName === "SELECT" && event.key.startsWith("Arrow")) return;
    const actions = {
      p: () => this.toggle(),
      s: () => this.move(event.shiftKey ? -1 : 1),
      r: () => this.restart(),
      arrowleft: () => this.move(-1),
      arrowright: () => this.move(1),
      home: () => this.seek(0),
      end: () => this.seek(this.last),
      "[": () => this.setSpeed(-1),
      "]": () => this.setSpeed(1),
    };
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  mark() {
    const kept = [];
    for (const mark of [...this.recording.header.bookmarks].reverse()) {
      if (!kept.length || (kept[0].frame - mark.frame) / Math.max(1, this.last) >= APART) kept.unshift(mark);
    }
    const marks = kept.map(({ frame, title }) => {
      const button = document.createElement("button");
      button.textContent = title;
      const share = frame / Math.max(1, this.last);
      button.style.left = `${100 * share}%`;
      button.style.setProperty("--shift", `${-100 * share}%`);
      button.addEventListener("click", () => this.seek(frame));
      return button;
    });
    this.at(".bookmarks").replaceChildren(...marks);
  }

  draw(part = 0) {
    if (!this.recording || !this.look) return;
    const step = this.recording.arrays.steps[this.frame];
    const sentence = this.recording.describe(this.frame);
    this.at(".timeline").value = this.frame;
    this.at(".timeline").setAttribute("aria-valuetext", `step ${step}`);
    this.at(".sentence").textContent = sentence;
    this.canvas.dataset.step = step;
    this.speak(sentence);
    this.paint(part);
    this.tabulate();
  }

  speak(sentence) {
    const now = performance.now();
    if (this.isPlaying || now - (this.spokenAt ?? -BETWEEN_SPOKEN) < BETWEEN_SPOKEN) {
      clearTimeout(this.speaking);
      this.speaking = this.isPlaying ? 0 : setTimeout(() => this.speak(sentence), BETWEEN_SPOKEN);
      return;
    }
    this.spokenAt = now;
    this.at(".spoken").textContent = sentence;
    this.canvas.setAttribute("aria-label", `The plane and its losses. ${sentence}`);
  }

  paint(part = 0) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!this.recording || !this.look || !width) return;
    const scale = devicePixelRatio;
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
    // A canvas that gets a size is made anew, even where it has that size: too slow for every frame.
    if (this.canvas.width !== columns) this.canvas.width = columns;
    if (this.canvas.height !== rows) this.canvas.height = rows;
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const gap = 2 * this.look.size;
    const plane = new PlanePanel(this.recording, this.look);
    const side = new SidePanels(this.recording, this.look);
    if (width < STACKED_BELOW) {
      const square = Math.min(width, 0.55 * height);
      plane.draw(context, { x: 0, y: 0, width, height: square }, this.frame, part);
      side.draw(context, { x: 0, y: square + gap, width, height: height - square - gap }, this.frame);
      return;
    }
    plane.draw(context, { x: 0, y: 0, width: height, height }, this.frame, part);
    const beside = Math.min(width - height - gap, 1.1 * height);
    side.draw(context, { x: height + gap, y: 0, width: beside, height }, this.frame);
  }

  // The numbers of the frame, for those who do not see the picture.
  tabulate() {
    if (!this.recording || !this.at("details").open || this.isPlaying) return;
    const { arrays, header, means, shares, realShares } = this.recording;
    const percent = (share) => `${(100 * share).toFixed(1)}%`;
    const rows = [...means.map((_, island) => [`Island ${letter(island)}`, island]), ["Off the islands", means.length]].map(
      ([name, index]) => [name, percent(shares[this.frame][index]), percent(realShares[index])],
    );
    const losses = header.loss_names.map((name, index) => {
      const loss = arrays.losses[this.frame * header.loss_names.length + index];
      return [`Loss: ${LOSS_TITLES[name] ?? name}`, Number.isFinite(loss) ? loss.toFixed(3) : "–", ""];
    });
    const table = document.createElement("table");
    [["Step " + arrays.steps[this.frame], "generated", "data"], ...rows, ...losses].forEach((cells, index) => {
      const row = table.insertRow();
      cells.forEach((cell, column) => {
        const element = row.appendChild(document.createElement(index && column ? "td" : "th"));
        element.textContent = cell;
      });
    });
    this.at(".numbers").replaceChildren(table);
  }
}
