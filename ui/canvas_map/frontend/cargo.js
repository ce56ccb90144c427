// An invisible component: it takes one blob (payload.py, pack_cargo) and keeps its sections where the maps of this page find them.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });

export default function ({ data, parentElement }) {
  const headerLength = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + headerLength)));
  const body = 4 + headerLength;
  if (hold.slots.get(header.slot)?.digest !== header.digest) {
    // Typed arrays must start at a multiple of their element size, and the blob itself may lie anywhere in a message.
    const bytes = data.slice(body);
    const sections = {};
    for (const [name, [offset, length]] of Object.entries(header.sections)) {
      sections[name] = bytes.subarray(offset, offset + length);
    }
    hold.slots.set(header.slot, { digest: header.digest, sections, owner: parentElement });
    for (const listener of hold.listeners) listener();
  } else {
    hold.slots.get(header.slot).owner = parentElement;
  }
  return () => {
    if (hold.slots.get(header.slot)?.owner === parentElement) hold.slots.delete(header.slot);
  };
}
