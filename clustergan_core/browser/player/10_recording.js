// A .cgr file (clustergan_core/lessons/recording.py), decoded once: from then on nothing is asked of the server.

const LEVELS = 4095; // of a position, from one side of the square to the other
const GOOD_WITHIN = 3; // standard deviations from an island's mean
const REACHED_SHARE = 0.01; // of the dots: fewer on an island are chance
const TYPES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };

async function readRecording(bytes) {
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== "CGR1") throw new Error("This is no recording.");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const begin = 8 + view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, begin)));
  const stream = new Blob([bytes.subarray(begin)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  const arrays = {};
  let offset = 0;
  for (const section of header.sections) {
    const size = TYPES[section.kind].BYTES_PER_ELEMENT;
    const length = section.shape.reduce((product, side) => product * side, 1);
    arrays[section.name] = decodeSection(body.slice(offset, offset + length * size), section, length);
    offset += length * size;
  }
  return new Recording(header, arrays);
}

function decodeSection(bytes, { kind, shape, follows }, length) {
  let values;
  if (kind === "uint16") {
    values = new Uint16Array(length); // all low bytes, then all high bytes
    for (let index = 0; index < length; index += 1) values[index] = bytes[index] | (bytes[length + index] << 8);
  } else {
    values = new TYPES[kind](bytes.buffer, 0, length);
  }
  if (!follows) return values;
  const frame = length / shape[0];
  for (let index = 0; index < length; index += 1) {
    const folded = values[index];
    const difference = (folded >>> 1) ^ -(folded & 1);
    values[index] = (index < frame ? 0 : values[index - frame]) + difference; // wraps, as it did when it was written
  }
  return values;
}

// What arrays of one length a frame are called; the others are the same in all frames.
const PER_FRAME = ["steps", "generated", "critic", "critic_range", "regions", "real_modes", "masses", "losses"];

// Parts of a training, each a recording, as one.
function joinRecordings(parts, bookmarks) {
  const { header, arrays: last } = parts.at(-1);
  const arrays = {};
  for (const [name, values] of Object.entries(last)) {
    arrays[name] = values;
    if (!PER_FRAME.includes(name)) continue;
    arrays[name] = new values.constructor(parts.reduce((length, part) => length + part.arrays[name].length, 0));
    let begin = 0;
    for (const part of parts) {
      arrays[name].set(part.arrays[name], begin);
      begin += part.arrays[name].length;
    }
  }
  return new Recording({ ...header, bookmarks }, arrays, parts.flatMap((part) => part.shares));
}

class Recording {
  constructor(header, arrays, shares = null) {
    this.header = header;
    this.arrays = arrays;
    this.nFrames = arrays.steps.length;
    this.nDots = arrays.generated.length / 2 / this.nFrames;
    this.nReal = arrays.real.length / 2;
    this.nCells = arrays.critic ? Math.round(Math.sqrt(arrays.critic.length / this.nFrames)) : 0;
    this.means = header.islands?.means ?? [];
    this.reach = GOOD_WITHIN * (header.islands?.spread ?? 0);
    this.shares = shares ?? Array.from({ length: this.nFrames }, (_, frame) => this.islandShares(arrays.generated, frame, this.nDots));
    this.realShares = this.islandShares(arrays.real, 0, this.nReal);
  }

  // The share of points on each island, and last of those between them.
  islandShares(points, frame, count) {
    const shares = new Float64Array(this.means.length + 1);
    for (let index = frame * count; index < (frame + 1) * count; index += 1) {
      const x = points[2 * index] / LEVELS;
      const y = points[2 * index + 1] / LEVELS;
      let best = 0;
      let nearest = Infinity;
      this.means.forEach(([left, bottom], island) => {
        const distance = Math.hypot(x - left, y - bottom);
        if (distance < nearest) [nearest, best] = [distance, island];
      });
      shares[nearest <= this.reach ? best : this.means.length] += 1 / count;
    }
    return shares;
  }

  reached(frame) {
    return this.means.map((_, island) => island).filter((island) => this.shares[frame][island] >= REACHED_SHARE);
  }

  // Position of a dot between a frame and the next; `part` is 0 unless it plays.
  position(frame, part, dot, axis) {
    const { generated } = this.arrays;
    const now = generated[2 * (frame * this.nDots + dot) + axis];
    if (!part) return now / LEVELS;
    const then = generated[2 * ((frame + 1) * this.nDots + dot) + axis];
    return (now + (then - now) * part) / LEVELS;
  }

  // What just happened, in one or two sentences.
  describe(frame) {
    const step = this.arrays.steps[frame];
    const stray = `${Math.round(100 * this.shares[frame][this.means.length])}% of the dots lie off the islands.`;
    if (frame === 0) return "Before training: noise through a generator that has learnt nothing.";
    if (!this.means.length) return `Step ${step}.`;
    const [before, now] = [this.reached(frame - 1), this.reached(frame)];
    const news = [
      ["has just been reached", now.filter((island) => !before.includes(island))],
      ["has just been lost", before.filter((island) => !now.includes(island))],
    ].flatMap(([what, islands]) => (islands.length ? [`${nameIslands(islands)} ${islands.length > 1 ? what.replace("has", "have") : what}.`] : []));
    const count = now.length === this.means.length ? `All ${now.length}` : `${now.length} of ${this.means.length}`;
    return [`Step ${step}.`, ...(news.length ? news : [`${count} islands hold dots.`]), stray].join(" ");
  }
}

function nameIslands(islands) {
  const letters = islands.map(letter);
  const last = letters.pop();
  return letters.length ? `Islands ${letters.join(", ")} and ${last}` : `Island ${last}`;
}

function letter(island) {
  return String.fromCharCode(65 + island);
}
