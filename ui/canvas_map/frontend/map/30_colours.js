// Colours as the painter needs them: numbers whose bytes lie as canvas pixels do (little-endian: alpha, blue, green, red).

const VIRIDIS = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];

const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

// Any CSS colour → [red, green, blue].
function rgbOf(colour) {
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  return Array.from(probe.getImageData(0, 0, 1, 1).data.subarray(0, 3));
}

function mix(from, to, share) {
  return from.map((channel, k) => Math.round(channel + (to[k] - channel) * share));
}

const pixelOf = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const cssOf = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

// The darkest violets vanish on a dark page, so there the scale starts later.
const rampOf = (theme) => VIRIDIS.slice(theme.background[1] < 128 ? 2 : 0).map(rgbOf);

function colourAt(ramp, share) {
  const place = share * (ramp.length - 1), below = Math.min(ramp.length - 2, Math.floor(place));
  return mix(ramp[below], ramp[below + 1], place - below);
}

function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const background = rgbOf(read("--st-background-color", "#ffffff")), text = rgbOf(read("--st-text-color", "#31333f"));
  return {
    background,
    text,
    primary: rgbOf(read("--st-primary-color", "#ff4b4b")),
    faded: mix(background, text, 0.17), // points outside the selection
    zero: mix(background, text, 0.27), // points whose value is zero, where that is a colour of its own
    neutral: mix(background, text, 0.5), // points of no group, or of no value
    font: read("--st-font", "sans-serif"),
  };
}

// One pixel colour for each number a point may carry.
function paletteOf(paint, theme) {
  const palette = new Uint32Array(paint.isValues ? 256 : 65536).fill(pixelOf(theme.neutral));
  if (paint.isValues) {
    const ramp = rampOf(theme);
    for (let level = 0; level < NO_VALUE; level++) palette[level] = pixelOf(colourAt(ramp, level / (NO_VALUE - 1)));
    if (paint.isZeroGrey) palette[0] = pixelOf(theme.zero);
  } else paint.colours.forEach((colour, group) => { palette[group] = pixelOf(rgbOf(colour)); });
  return palette;
}
