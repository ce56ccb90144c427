// The only part that knows Streamlit: it finds what the page has been sent, and tells what a person did.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });
const seats = new WeakMap();

function find(slot, digest) {
  const held = hold.slots.get(slot);
  return held?.digest === digest ? held.sections.recording : null;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  let seat = seats.get(parentElement);
  if (seat?.root !== root) {
    seat?.leave();
    const sources = new Sources(root);
    const arrived = () => sources.data && sources.read();
    hold.listeners.add(arrived);
    seat = { root, sources, leave: () => (hold.listeners.delete(arrived), sources.dispose()) };
    seats.set(parentElement, seat);
  }
  const tell = (frame, speed) => setStateValue("rest", { frame, speed, digest: data.digest });
  seat.sources.update(data, { find, tell, ask: (command) => setStateValue("command", { command, at: Date.now() }) });
  return () => {
    seats.get(parentElement)?.leave();
    seats.delete(parentElement);
  };
}
