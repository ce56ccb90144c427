// Contour lines of a square grid by marching squares, as pairs of points in the unit square.

// The sides of a cell that a line joins, by which of its corners lie above the level; sides: 0 bottom, 1 right, 2 top, 3 left.
const JOINED = [[], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]], [[2, 3]], [[0, 2]],
  [[0, 1], [2, 3]], [[1, 2]], [[1, 3]], [[0, 1]], [[3, 0]], []];

function drawContour(context, grid, n, level, toX, toY) {
  const place = (index) => (index + 0.5) / n; // values stand in the middles of cells
  for (let row = 0; row < n - 1; row += 1) {
    for (let column = 0; column < n - 1; column += 1) {
      const corner = row * n + column;
      const [a, b, c, d] = [grid[corner], grid[corner + 1], grid[corner + n + 1], grid[corner + n]];
      const joined = JOINED[(a > level) | ((b > level) << 1) | ((c > level) << 2) | ((d > level) << 3)];
      if (!joined.length) continue;
      const cross = (side) => {
        const between = (one, other) => (level - one) / (other - one);
        if (side === 0) return [column + between(a, b), row];
        if (side === 1) return [column + 1, row + between(b, c)];
        if (side === 2) return [column + between(d, c), row + 1];
        return [column, row + between(a, d)];
      };
      for (const [from, to] of joined) {
        const [one, other] = [cross(from), cross(to)];
        context.moveTo(toX(place(one[0])), toY(place(one[1])));
        context.lineTo(toX(place(other[0])), toY(place(other[1])));
      }
    }
  }
}
