// What Streamlit calls: once when the map appears, and again whenever its data or the theme change.

const maps = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".map");
  let map = maps.get(parentElement);
  if (map?.root !== root) {
    map?.dispose();
    map = new CanvasMap(root);
    maps.set(parentElement, map);
  }
  map.update(data, (name, value) => (name === "click" ? setTriggerValue : setStateValue)(name, value));
  return () => {
    maps.get(parentElement)?.dispose();
    maps.delete(parentElement);
  };
}
