// The player: one clock for all panels, and the controls that set it. It knows nothing of where the recording came from.

const FRAMES_PER_SECOND = 12; // at speed 1
const BETWEEN_SPOKEN = 1000; // milliseconds between two messages to a screen reader
const STACKED_BELOW = 640; // pixels of width: the panels lie below the square
const APART = 0.16; // of the timeline: bookmarks that are closer would overlap, and the later one stays
const SETTLE = 400; // milliseconds without a change until the place is told
const CATCH_UP = 0.5; // seconds behind a training at most: what is further back is passed faster

class Player {
  constructor(root) {
    this.root = root;
    this.at = (selector) => root.querySelector(selector);
    this.canvas = this.at(".stage");
    this.frame = 0;
    this.place = 0; // the frame and the part of the way to the next
    this.isPlaying = false;
    this.live = null; // a training that may still grow: its state, step, steps and seed
    this.canTrain = false;
    this.ask = () => {}; // passes a command on to the training
    this.speeds = [1];
    this.speed = 1;
    this.hidden = [];
    this.mayMove = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.told = () => {};
    this.at(".play").addEventListener("click", () => this.toggle());
    this.at(".forward").addEventListener("click", () => this.move(1));
    this.at(".back").addEventListener("click", () => this.move(-1));
    this.at(".restart").addEventListener("click", () => this.again());
    this.at(".picture").addEventListener("click", () => this.savePicture());
    this.at(".train").addEventListener("click", () => this.train());
    this.at(".new-seed").addEventListener("click", () => this.order("new-seed"));
    this.at(".leave").addEventListener("click", () => this.order("leave"));
    this.at(".speed select").addEventListener("change", (event) => this.playAt(Number(event.target.value)));
    this.at(".timeline").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    this.at("details").addEventListener("toggle", () => this.tabulate());
    root.addEventListener("keydown", (event) => this.key(event));
    this.unseen = () => document.hidden && this.pause();
    document.addEventListener("visibilitychange", this.unseen);
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.canvas);
  }

  dispose() {
    this.pause();
    clearTimeout(this.settling);
    this.resized.disconnect();
    document.removeEventListener("visibilitychange", this.unseen);
  }

  // Shows a recording from its `frame`; the same one stays where it is.
  show(recording, frame) {
    if (recording !== this.recording) {
      this.rest();
      this.recording = recording;
      this.place = this.frame = Math.min(frame, recording.nFrames - 1);
      this.at(".timeline").max = recording.nFrames - 1;
      this.mark();
    }
    this.draw();
    this.canvas.dataset.ready = recording.header.name;
  }

  // Takes more frames of the training that is shown.
  grow(recording) {
    const wasLast = this.frame === this.last;
    this.recording = recording;
    this.at(".timeline").max = this.last;
    this.mark();
    if (this.awaitsStep && wasLast) this.place = this.frame = this.last;
    if (wasLast) this.awaitsStep = false;
    if (this.isPlaying && !this.mayMove) this.place = this.frame = this.last;
    if (this.isPlaying && this.mayMove) this.run();
    else this.draw();
  }

  // What is said of the training, and what can be asked of it; `isShown` while its frames are the ones on the screen.
  say({ live, isShown, canTrain, sentence }) {
    this.live = isShown ? live : null;
    this.canTrain = canTrain;
    const isOn = ["starting", "running", "paused"].includes(live?.state);
    const names = { running: "live", paused: "live, paused", finished: "live, finished", stopped: "live, stopped", failed: "live, ended" };
    this.at(".badge").textContent = isShown ? `${names[live.state] ?? "live"} · seed ${live.seed}` : "recorded";
    this.at(".badge").classList.toggle("on", isShown && isOn);
    this.at(".train").hidden = this.at(".new-seed").hidden = !canTrain;
    this.at(".leave").hidden = !live || isOn;
    this.at(".train span").textContent = isOn ? "Stop training" : "Train live";
    this.at(".restart span").textContent = isShown ? "Same start" : "Restart";
    this.isOn = isOn;
    this.at(".status").textContent = sentence;
    this.canvas.dataset.source = isShown ? live.state : "recorded";
  }

  train() {
    if (this.isOn) this.order("stop");
    else this.order("start");
  }

  // Commands that begin or end a training; while one starts, the recording plays.
  order(command) {
    if (!this.canTrain) return;
    this.ask(command);
    if (command !== "start" || this.live) return;
    this.at(".status").textContent = "Live training starts; the recording plays meanwhile.";
    this.restart();
  }

  again() {
    if (this.live) this.order("restart");
    else this.restart();
  }

  get isGrowing() {
    return this.live?.state === "running" || this.live?.state === "starting";
  }

  // What is left out of the controls, and the speed, until a person chooses another.
  hand({ hidden, speed, speeds }) {
    this.hidden = hidden;
    this.root.dataset.hide = hidden.join(" ");
    if (`${this.speeds}` !== `${speeds}`) {
      this.speeds = speeds;
      this.at(".speed select").replaceChildren(
        ...speeds.map((each) => new Option(`×${{ 0.25: "¼", 0.5: "½" }[each] ?? each}`, each)),
      );
      this.at(".speed select").value = this.speed;
    }
    if (this.handed === speed) return;
    this.handed = this.speed = speed;
    this.at(".speed select").value = speed;
  }

  playAt(speed) {
    this.handed = this.speed = speed;
    this.at(".speed select").value = speed;
    if (!this.live) this.told(this.frame);
  }

  dress(look) {
    // The same colours in another object would draw all layers anew.
    if (JSON.stringify(look) !== JSON.stringify(this.look)) this.look = look;
    this.draw();
  }

  get last() {
    return this.recording.nFrames - 1;
  }

  // Pausing and playing hold for what is shown and for the training alike; looking back does not stop it.
  toggle() {
    if (this.isPlaying) {
      if (this.isGrowing) this.ask("pause");
      this.pause();
      return;
    }
    if (this.live?.state === "paused") this.ask("play");
    this.play();
  }

  play() {
    if (!this.recording) return;
    const mayGrow = this.isGrowing || this.live?.state === "paused";
    if (this.frame === this.last && !mayGrow) this.frame = 0;
    this.isPlaying = true;
    this.place = this.frame;
    this.at(".play span").textContent = "Pause";
    this.run();
  }

  // Moves on with the clock until the last frame; a training that still grows calls it again.
  run() {
    if (this.ticking) return;
    let before = null;
    const tick = (now) => {
      this.ticking = 0;
      if (!this.isPlaying) return;
      // A frame's time may lie before the click that asked for it.
      const seconds = before === null ? 0 : (now - before) / 1000;
      const rate = FRAMES_PER_SECOND * this.speed;
      const hurry = this.isFollowing && this.isGrowing ? (this.last - this.place) / CATCH_UP : 0;
      this.place = Math.min(this.last, this.place + seconds * Math.max(rate, hurry));
      before = now;
      this.frame = Math.floor(this.place);
      this.draw(this.mayMove && this.frame < this.last ? this.place - this.frame : 0);
      if (this.frame < this.last) this.ticking = requestAnimationFrame(tick);
      else if (this.isGrowing) this.isFollowing = true;
      else if (this.live?.state !== "paused") this.pause();
    };
    this.ticking = requestAnimationFrame(tick);
  }

  // From now on shows each frame of the training as it comes.
  follow() {
    this.isFollowing = true;
    if (!this.isPlaying) this.play();
  }

  rest() {
    this.isPlaying = this.isFollowing = false;
    cancelAnimationFrame(this.ticking);
    this.ticking = 0;
    this.at(".play span").textContent = "Play";
  }

  pause() {
    if (!this.isPlaying) return;
    this.rest();
    this.stay(this.frame);
  }

  move(count) {
    if (count === 1 && this.frame === this.last && (this.isGrowing || this.live?.state === "paused")) {
      this.rest();
      this.awaitsStep = true;
      this.ask("step");
      return;
    }
    this.seek(this.frame + count);
  }

  seek(frame) {
    if (!this.recording) return;
    this.rest();
    this.stay(Math.max(0, Math.min(this.last, frame)));
    if (this.isGrowing && this.frame === this.last) this.follow();
  }

  stay(frame) {
    this.place = this.frame = frame;
    this.draw();
    clearTimeout(this.settling);
    if (!this.live) this.settling = setTimeout(() => this.told(this.frame), SETTLE);
  }

  restart() {
    this.seek(0);
    if (this.mayMove) this.play();
  }

  setSpeed(change) {
    const index = this.speeds.indexOf(this.speed) + change;
    this.playAt(this.speeds[Math.max(0, Math.min(this.speeds.length - 1, index))]);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.tagName === "SELECT" && event.key.startsWith("Arrow")) return;
    const actions = {
      p: () => this.toggle(),
      s: () => this.move(event.shiftKey ? -1 : 1),
      r: () => this.again(),
      l: () => this.train(),
      n: () => this.order("new-seed"),
      arrowleft: () => this.move(-1),
      arrowright: () => this.move(1),
      home: () => this.seek(0),
      end: () => this.seek(this.last),
      "[": () => this.setSpeed(-1),
      "]": () => this.setSpeed(1),
    };
    const key = event.key.toLowerCase();
    const action = actions[key];
    const isTraining = ["l", "n"].includes(key);
    if (!action || (isTraining && (!this.canTrain || this.hidden.includes("live")))) return;
    if (["[", "]"].includes(key) && this.hidden.includes("speed")) return;
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
    const said = this.said;
    if (said?.recording !== this.recording || said.frame !== this.frame) this.tellFrame();
    this.paint(part);
    this.tabulate();
  }

  // What stands beside the picture changes with the frame, not while dots move to the next.
  tellFrame() {
    const step = this.recording.arrays.steps[this.frame];
    const sentence = this.recording.describe(this.frame);
    this.said = { recording: this.recording, frame: this.frame };
    this.at(".timeline").value = this.frame;
    this.at(".timeline").setAttribute("aria-valuetext", `step ${step}`);
    this.at(".sentence").textContent = sentence;
    this.canvas.dataset.step = step;
    this.speak(sentence);
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
    const { scene } = this;
    const isSame = scene?.recording === this.recording && scene.look === this.look;
    const isNew = !isSame || scene.columns !== columns || scene.rows !== rows;
    if (isNew) {
      this.scene = this.layOut(width, height, scale, columns, rows);
      context.clearRect(0, 0, width, height);
    }
    const { plane, side, left, top, beside } = this.scene;
    context.clearRect(left, top, plane.side, plane.side);
    plane.draw(context, left, top, this.frame, part);
    if (!isNew && this.scene.frame === this.frame) return;
    this.scene.frame = this.frame;
    context.clearRect(beside.x, beside.y, width - beside.x, height - beside.y);
    side.draw(context, this.frame);
  }

  // Where the square and the panels stand; below it in a narrow window.
  layOut(width, height, scale, columns, rows) {
    const gap = 2 * this.look.size;
    const isStacked = width < STACKED_BELOW;
    const square = Math.round(isStacked ? Math.min(width, 0.55 * height) : height);
    const beside = isStacked
      ? { x: 0, y: square + gap, width, height: height - square - gap }
      : { x: square + gap, y: 0, width: Math.min(width - square - gap, 1.1 * height), height };
    return {
      recording: this.recording, look: this.look, columns, rows, beside, top: 0,
      left: isStacked ? Math.round((width - square) / 2) : 0,
      plane: new PlanePanel(this.recording, this.look, square, scale),
      side: new SidePanels(this.recording, this.look, beside, scale),
    };
  }

  // The canvas as a file; on the page it is transparent, in the file it has the page's colour.
  savePicture() {
    const copy = Object.assign(document.createElement("canvas"), { width: this.canvas.width, height: this.canvas.height });
    const context = copy.getContext("2d");
    context.fillStyle = this.look.page;
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(this.canvas, 0, 0);
    const name = `${this.recording.header.name.replaceAll("/", "-")}-step-${this.canvas.dataset.step}.png`;
    Object.assign(document.createElement("a"), { href: copy.toDataURL(), download: name }).click();
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
