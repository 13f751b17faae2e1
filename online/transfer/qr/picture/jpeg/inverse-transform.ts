/**
 * Converts a block of coefficients to a square with 8, 4, 2 or 1 pixels a side. For a smaller square, the
 * inverse transform of this size uses only the low frequencies.
 */

export type Side = 8 | 4 | 2 | 1;

/** Zigzag order (ITU T.81, figure 5): column and row of each coefficient. */
export const ZIGZAG: readonly (readonly [x: number, y: number])[] = (() => {
  const order: [number, number][] = [];
  for (let sum = 0; sum < 15; sum++) {
    for (let i = Math.max(0, sum - 7); i <= Math.min(7, sum); i++) {
      order.push(sum % 2 === 0 ? [i, sum - i] : [sum - i, i]);
    }
  }
  return order;
})();

/**
 * For each coefficient, in zigzag order: its place among the kept coefficients. Coefficients that a square of
 * this size does not need share the last place.
 */
export const coefficientPlaces = (side: Side): Uint8Array =>
  Uint8Array.from(ZIGZAG, ([x, y]) => (x < side && y < side ? y * side + x : side * side));

/**
 * Draws one block.
 * @param from offset of the block's coefficients
 * @param factors quantisation factor of each coefficient, in the same order
 * @param to offset of the block's first pixel in `plane`
 */
export type Inverse = (
  coefficients: Int16Array,
  from: number,
  factors: Float64Array,
  plane: Uint8ClampedArray,
  to: number,
  stride: number,
) => void;

export function makeInverseTransform(side: Side): Inverse {
  // Half of the cosine, as in A.3.3. The mean (u = 0) has the additional factor 1 / sqrt(2).
  const wave = Float64Array.from({ length: side * side }, (_, i) => {
    const [x, u] = [Math.floor(i / side), i % side];
    return 0.5 * (u === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side));
  });
  const rows = new Float64Array(side * side);
  const size = side * side;

  return (coefficients, from, factors, plane, to, stride) => {
    let flat = true;
    for (let i = 1; i < size; i++) if (coefficients[from + i] !== 0) flat = false;
    if (flat) {
      const value = (coefficients[from]! * factors[0]!) / 8 + 128;
      for (let y = 0; y < side; y++) plane.fill(value, to + y * stride, to + y * stride + side);
      return;
    }
    for (let v = 0; v < side; v++) {
      for (let x = 0; x < side; x++) {
        let sum = 0;
        for (let u = 0; u < side; u++) {
          const i = v * side + u;
          sum += wave[x * side + u]! * coefficients[from + i]! * factors[i]!;
        }
        rows[v * side + x] = sum;
      }
    }
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        let sum = 128;
        for (let v = 0; v < side; v++) sum += wave[y * side + v]! * rows[v * side + x]!;
        plane[to + y * stride + x] = sum;
      }
    }
  };
}
