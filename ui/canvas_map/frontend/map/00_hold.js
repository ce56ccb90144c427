// This folder is one ES module: the files are joined in the order of their names and share one scope.
// The hold is where cargo.js keeps what was sent, by slot.

const hold = (globalThis[Symbol.for("clustergan.map.hold")] ??= { slots: new Map(), listeners: new Set() });
