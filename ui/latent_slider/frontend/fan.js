// An invisible component beside a slider: it says which dial's strip is here, and asks for another without the rest of
// the page being computed again.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });
hold.fans ??= new Map();

export default function ({ data, parentElement, setStateValue }) {
  hold.fans.set(data.owner, { fan: data.fan, ask: (name) => setStateValue("asked", name), parentElement });
  for (const listener of hold.listeners) listener();
  return () => {
    if (hold.fans.get(data.owner)?.parentElement === parentElement) hold.fans.delete(data.owner);
  };
}
