// The only part that knows Streamlit: it finds the recording among what the page has been sent, and tells where it rests.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });
const players = new WeakMap();

class Seat {
  constructor(root) {
    this.root = root;
    this.player = new Player(root);
    this.arrived = () => this.read();
    hold.listeners.add(this.arrived);
  }

  dispose() {
    hold.listeners.delete(this.arrived);
    this.player.dispose();
  }

  update(data, send) {
    this.data = data;
    this.root.classList.toggle("presenting", data.is_presenting);
    this.root.style.setProperty("--stage-height", data.height);
    this.player.told = (frame) => send({ frame, digest: data.digest });
    this.player.dress({ ...data.look, font: getComputedStyle(this.root).fontFamily, size: data.is_presenting ? 22 : 14 });
    this.read();
  }

  async read() {
    const { slot, digest, frame } = this.data ?? {};
    const held = hold.slots.get(slot);
    if (held?.digest !== digest || this.digest === digest) return;
    this.digest = digest;
    const recording = await readRecording(held.sections.recording);
    if (this.digest === digest) this.player.show(recording, frame);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  let seat = players.get(parentElement);
  if (seat?.root !== root) {
    seat?.dispose();
    seat = new Seat(root);
    players.set(parentElement, seat);
  }
  seat.update(data, (rest) => setStateValue("rest", rest));
  return () => {
    players.get(parentElement)?.dispose();
    players.delete(parentElement);
  };
}
