/**
 * The projective map between the unit square and four corners, for a flat square seen at an angle (Heckbert 1989,
 * 2.2.3).
 */

export type Point = readonly [x: number, y: number];
/** Clockwise from the top left. */
export type Corners = readonly [Point, Point, Point, Point];
export type Projection = (x: number, y: number) => Point;

/** Rows of the map's matrix. */
export function projectionMatrix([a, b, c, d]: Corners) {
  const [dx1, dy1, dx2, dy2] = [b[0] - c[0], b[1] - c[1], d[0] - c[0], d[1] - c[1]];
  const [sx, sy] = [a[0] - b[0] + c[0] - d[0], a[1] - b[1] + c[1] - d[1]];
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / determinant;
  const h = (dx1 * sy - sx * dy1) / determinant;
  return [
    [b[0] - a[0] + g * b[0], d[0] - a[0] + h * d[0], a[0]],
    [b[1] - a[1] + g * b[1], d[1] - a[1] + h * d[1], a[1]],
    [g, h, 1],
  ] as const;
}

export function projectionFromUnitSquare(corners: Corners): Projection {
  const [p, q, r] = projectionMatrix(corners);
  return (x, y) => {
    const w = r[0] * x + r[1] * y + r[2];
    return [(p[0] * x + p[1] * y + p[2]) / w, (q[0] * x + q[1] * y + q[2]) / w];
  };
}
