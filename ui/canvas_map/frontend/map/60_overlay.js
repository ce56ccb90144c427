// What lies above the points: labels, rings, and the outline being drawn.

function drawOverlay(canvas, { ratio, theme, transform, labels, rings, outline }) {
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const { x, y, radius, colour } of rings) {
    const screenX = x * transform.scale + transform.x, screenY = y * transform.scale + transform.y;
    for (const [width, stroke] of [[5, theme.background], [2, colour]]) {
      context.beginPath();
      context.arc(screenX, screenY, radius + 4, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = cssOf(stroke);
      context.stroke();
    }
  }
  drawLabels(context, labels, theme, transform);
  if (outline.length > 1) {
    context.beginPath();
    outline.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = `rgb(${theme.primary.join(" ")} / 10%)`;
    context.fill();
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.strokeStyle = cssOf(theme.primary);
    context.stroke();
  }
}

// "Mode 3" among modes is "3", a label that covers few points; names that differ in more than a number stay as they are.
function shortNames(names) {
  const first = /^(.* )\d+$/.exec(names[0] ?? "")?.[1];
  return first && names.every((name) => /^\d+$/.test(name.slice(first.length)) && name.startsWith(first)) ? names.map((name) => name.slice(first.length)) : names;
}

// Larger groups first; a label that would cover an earlier one is left out: the legend still names it.
function drawLabels(context, labels, theme, transform) {
  context.font = `600 12.5px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const taken = [];
  for (const { x, y, name } of labels) {
    const text = name.length > 24 ? `${name.slice(0, 23)}…` : name;
    const screenX = x * transform.scale + transform.x, screenY = y * transform.scale + transform.y;
    const half = context.measureText(text).width / 2 + 3;
    if (taken.some((t) => Math.abs(t.x - screenX) < t.half + half && Math.abs(t.y - screenY) < 16)) continue;
    taken.push({ x: screenX, y: screenY, half });
    context.lineWidth = 4;
    context.strokeStyle = `rgb(${theme.background.join(" ")} / 88%)`;
    context.strokeText(text, screenX, screenY);
    context.fillStyle = cssOf(theme.text);
    context.fillText(text, screenX, screenY);
  }
}
