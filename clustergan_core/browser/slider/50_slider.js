// Handles whose picture, curves and code follow the pointer without a question to the server. One track runs along a
// walk. Others ("dials") stand for a number each: their strip is asked for when the pointer or the focus comes near, so
// that it is there when the drag begins. A value is sent when its handle is released.

const DWELL = 60; // milliseconds that the pointer stays on a dial before its strip is asked for

class LatentSlider {
  constructor(root) {
    this.root = root;
    this.at = (selector) => root.querySelector(selector);
    this.reading = new Reading(root);
    this.track = new Track(this.at(".track"), () => this.choose(null), () => this.commit(null));
    this.dials = new Map(); // by name
    this.active = null; // the dial that was moved last; null for the walk
    this.unanswered = new Map(); // values by dial that were sent, but are in no answer yet: each message has them all
    this.sent = 0; // how many values were sent; an answer to an earlier one does not move a handle
    this.resized = new ResizeObserver(() => this.show());
    this.resized.observe(root);
  }

  dispose() {
    clearTimeout(this.asking);
    this.resized.disconnect();
    for (const track of this.tracks()) track.dispose();
  }

  get last() {
    return this.data.walk ? this.data.walk.n_steps - 1 : 0;
  }

  tracks() {
    return [this.track, ...[...this.dials.values()].map((dial) => dial.track)];
  }

  // data: what the page says; find(slot, digest): the sections sent for it, or null before they have come; send(value):
  // told when a handle is released; fans.get(): the strip of a dial that is here, {of, n_sent, strip}, fans.ask(name): told
  // which dial's strip will be wanted.
  update(data, find, send, fans) {
    this.data = data;
    Object.assign(this, { find, send, fans });
    if (data.n_sent >= this.sent) this.unanswered.clear();
    this.root.dataset.layout = data.layout;
    this.at(".words").textContent = data.words;
    this.at(".way").hidden = !data.walk && !data.words;
    this.track.element.hidden = !data.walk;
    this.arrangeDials();
    if (!this.tracks().some((track) => track.isBusy) && data.n_sent >= this.sent) {
      this.sent = data.n_sent;
      const { last } = this;
      if (data.walk) this.track.set(steps(last + 1), data.value / (data.texts ? last : 1), data.first / (data.texts ? last : 1));
      for (const { told, track } of this.dials.values()) {
        const place = placeOf(told, told.value);
        track.set(steps(told.n_steps, place), place, placeOf(told, told.first));
      }
    }
    this.read();
  }

  // The strips that have come; draws what stays while the handles move, and what is shown.
  read() {
    if (!this.data) return;
    const { walk } = this.data;
    const opened = walk && this.open(walk, this.walk);
    if (opened !== this.walk) {
      this.walk = opened;
      if (opened) this.drawWalk();
    }
    const told = this.fans.get();
    const strip = told && this.dials.has(told.of) ? this.open(told.strip, this.fan?.strip) : null;
    this.fan = strip && { of: told.of, n_sent: told.n_sent, strip };
    this.show();
  }

  open(spec, before) {
    const { theme } = this.data;
    const told = JSON.stringify([spec, theme]);
    if (before?.told === told) return before;
    const parts = spec.parts.map(([slot, digest]) => this.find(slot, digest));
    if (!parts.every(Boolean)) return null;
    return Object.assign(new Strip(spec, join(parts), theme), { told });
  }

  commit(name) {
    const dial = this.dials.get(name);
    const place = (dial?.track ?? this.track).place;
    this.sent += 1;
    this.moved = name;
    const own = this.data.texts ? this.track.index : this.track.place;
    const value = dial ? Number((dial.told.low + place * (dial.told.high - dial.told.low)).toFixed(4)) : own;
    this.unanswered.set(name, value);
    this.send({ values: [...this.unanswered], n_sent: this.sent });
  }

  choose(name) {
    this.active = name;
    this.show();
  }

  // The strip and the step that are seen now; null while those of the dial that moves have not come.
  shown() {
    const { data, active } = this;
    const isAnswered = data.n_sent >= this.sent;
    // A strip from before the last value holds for the dial of that value alone.
    const fan = this.fan && (this.fan.n_sent >= this.sent || this.fan.of === this.moved) ? this.fan : null;
    if (active !== null && fan?.of === active) return [fan.strip, this.dials.get(active).track.index];
    if (active !== null && (!isAnswered || this.dials.get(active).track.isBusy)) return null;
    if (data.walk) return this.walk && [this.walk, this.track.index];
    return fan && [fan.strip, this.dials.get(fan.of).track.index];
  }

  show() {
    if (!this.data) return;
    this.tellPlaces();
    const { data } = this;
    const shown = this.shown();
    if (!shown) return;
    const [strip, step] = shown;
    const { spec } = strip;
    const code = strip.code(step);
    const said = spec.said ? spec.said[step] : this.data.ends ? `z_c = ${this.describe(step / strip.last)}` : "";
    this.arrange(strip);
    const canvas = this.at(".picture");
    if (spec.form) strip.draw(canvas, step);
    const where = data.texts ? `after ${data.label.toLowerCase()} ${data.texts[step]}` : `at ${said.replace("z_c = ", "")}`;
    canvas.setAttribute("aria-label", `${spec.alt} ${where}`);
    [...this.at(".columns").children].forEach((column, index) => column.classList.toggle("marked", index === spec.marked[step]));
    canvas.dataset.step = step;
    strip.charts.forEach((chart, index) => {
      const figure = this.at(".charts").children[index];
      figure.setAttribute("aria-label", describeChart(chart, step));
      drawChart(figure, chart, step, this.data.theme);
    });
    this.at(".code").textContent = said;
    this.reading.show(code, strip.best(step));
    const read = code ? `read as ${this.data.noun} ${strip.best(step)}, ${Math.round((code[strip.best(step)] / 255) * 100)}%` : "";
    const moved = this.dials.get(this.active)?.track ?? this.track;
    for (const { element } of new Set([moved, strip === this.walk ? this.track : moved])) {
      element.setAttribute("aria-valuetext", [element.dataset.told, spec.said ? said : "", read].filter(Boolean).join(", "));
    }
  }

  // What stands at the handles.
  tellPlaces() {
    const { data, track } = this;
    if (data.walk) {
      const text = data.texts ? data.texts[track.index] : track.place.toFixed(2);
      this.at("output").textContent = data.texts ? `${data.label} ${text}` : `${data.label} = ${text}`;
      track.element.dataset.told = `${data.label} ${text}`;
      track.element.setAttribute("aria-label", data.label);
      track.element.setAttribute("aria-valuenow", data.texts ? track.index : track.place.toFixed(2));
      track.element.setAttribute("aria-valuemax", data.texts ? track.last : 1);
      const near = Math.round(track.place * (data.walk.n_thumbnails - 1));
      [...this.at(".steps").children].forEach((figure, index) => figure.classList.toggle("near", index === near));
    }
    for (const [name, { told, track: own, output }] of this.dials) {
      const isHere = this.fan?.of === name && this.fan.n_sent >= this.sent;
      own.element.dataset.strip = isHere ? "here" : "";
      const value = Number((told.low + own.place * (told.high - told.low)).toFixed(3));
      output.textContent = value.toFixed(Math.abs(value * 100 - Math.round(value * 100)) > 1e-6 ? 3 : 2);
      own.element.dataset.told = `${told.label} ${output.textContent}`;
      own.element.setAttribute("aria-valuenow", value);
      own.element.setAttribute("aria-valuetext", own.element.dataset.told);
    }
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

  // The room of a strip's picture, figures and bars.
  arrange(strip) {
    if (this.arranged === strip.told) return;
    this.arranged = strip.told;
    const { form, n_rows, n_columns, width, height, colours, rows, columns, charts } = strip.spec;
    this.root.style.setProperty("--aspect", `${n_columns * width} / ${n_rows * height}`);
    this.root.style.setProperty("--columns", n_columns);
    this.at(".picture").hidden = !form;
    this.at(".rows").hidden = !rows.length;
    this.at(".rows").replaceChildren(...rows.map(([name, colour]) => {
      const row = Object.assign(document.createElement("span"), { textContent: name });
      row.style.borderColor = colour;
      return row;
    }));
    this.at(".columns").replaceChildren(...columns.map((name) => Object.assign(document.createElement("span"), { textContent: name })));
    this.at(".charts").replaceChildren(...charts.map(({ kind }) => {
      const canvas = document.createElement("canvas");
      canvas.className = kind;
      canvas.setAttribute("role", "img");
      return canvas;
    }));
    this.reading.arrange(colours, this.data.noun);
  }

  drawWalk() {
    const { walk } = this;
    const n = walk.spec.n_thumbnails;
    this.root.style.setProperty("--aspect", `${walk.spec.width} / ${walk.spec.height}`);
    this.at(".steps").replaceChildren(...Array.from({ length: n }, (_, index) => {
      const step = Math.round((index * walk.last) / (n - 1));
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      const mark = document.createElement("i");
      if (walk.spec.form) walk.draw(canvas, step, 104);
      else drawSmall(canvas, walk.charts[0], step, this.data.theme);
      const best = walk.best(step);
      if (best !== null) mark.style.background = walk.spec.colours[best];
      figure.append(canvas, mark, (step / walk.last).toFixed(1));
      figure.addEventListener("click", () => this.track.go(step));
      return figure;
    }));
    // A tick where the mode that is read changes, between the two steps of the change.
    const flips = [];
    for (let step = 1; walk.codes && step <= walk.last; step += 1) {
      if (walk.best(step) === walk.best(step - 1)) continue;
      const tick = document.createElement("i");
      tick.style.left = `${(100 * (step - 0.5)) / walk.last}%`;
      flips.push(tick);
    }
    this.at(".flips").replaceChildren(...flips);
  }

  arrangeDials() {
    const { dials } = this.data;
    const names = dials.map(({ name }) => name).join();
    this.at(".dials").hidden = !dials.length;
    if (names !== [...this.dials.keys()].join()) {
      for (const { track } of this.dials.values()) track.dispose();
      this.dials = new Map(dials.map((told) => [told.name, this.makeDial(told)]));
      this.at(".dials").replaceChildren(...[...this.dials.values()].map(({ element }) => element));
      this.active = null;
    }
    for (const told of dials) this.dials.get(told.name).told = told;
  }

  makeDial(told) {
    const element = document.createElement("div");
    element.innerHTML = '<span></span><output></output><div class="track" role="slider" tabindex="0"><div class="rail"></div><div class="handle"></div></div>';
    element.querySelector("span").textContent = told.label;
    const handle = element.querySelector(".track");
    for (const [name, value] of [["label", told.label], ["valuemin", told.low], ["valuemax", told.high]]) handle.setAttribute(`aria-${name}`, value);
    const track = new Track(handle, () => this.choose(told.name), () => this.commit(told.name));
    element.addEventListener("pointerenter", () => this.want(told.name, DWELL));
    element.addEventListener("pointerleave", () => clearTimeout(this.asking));
    // Before the track's own listener, which moves the handle: what the press needs is asked for first.
    handle.addEventListener("pointerdown", () => this.want(told.name, 0), { capture: true });
    handle.addEventListener("focus", () => this.want(told.name, 0));
    return { element, track, told, output: element.querySelector("output") };
  }

  // Asks for the strip of a dial that will be moved, unless it is here.
  want(name, delay) {
    clearTimeout(this.asking);
    if (this.fans.get()?.of === name || this.tracks().some((track) => track.isHeld)) return;
    if (delay) this.asking = setTimeout(() => this.fans.ask(name), delay);
    else this.fans.ask(name);
  }
}

const placeOf = ({ low, high }, value) => (value - low) / (high - low);

// Even steps from 0 to 1, and among them the place `kept`, at which a dial begins.
function steps(n, kept = null) {
  const places = Array.from({ length: n }, (_, index) => index / (n - 1));
  if (kept === null || places.some((place) => Math.abs(place - kept) < 1e-6)) return places;
  return [...places, kept].sort((one, other) => one - other);
}

// The sections of a strip that came in several parts.
function join(parts) {
  if (parts.length === 1) return parts[0];
  const sections = { ...parts[0] };
  const samples = parts.map((part) => part.samples);
  sections.samples = new Uint8Array(samples.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of samples) {
    sections.samples.set(part, offset);
    offset += part.length;
  }
  return sections;
}

function describeChart(chart, step) {
  const n = chart.names.length;
  return `${chart.title}: ${chart.names.map((name, index) => `${name} ${told(chart.values[step * n + index])}`).join(", ")}`;
}
