// The only part that knows Streamlit: it finds the strips among what the page has been sent, and tells the value.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });
const seats = new WeakMap();

function find(slot, digest) {
  const held = hold.slots.get(slot);
  return held?.digest === digest ? held.sections : null;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".latent");
  let seat = seats.get(parentElement);
  if (seat?.root !== root) {
    seat?.leave();
    const slider = new LatentSlider(root);
    const arrived = () => slider.read();
    hold.listeners.add(arrived);
    seat = { root, slider, leave: () => (hold.listeners.delete(arrived), slider.dispose()) };
    seats.set(parentElement, seat);
  }
  const fans = { get: () => hold.fans?.get(data.owner)?.fan, ask: (name) => hold.fans?.get(data.owner)?.ask(name) };
  seat.slider.update(data, find, (moved) => setStateValue("moved", moved), fans);
  return () => {
    seats.get(parentElement)?.leave();
    seats.delete(parentElement);
  };
}
