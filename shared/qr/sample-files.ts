/** For tests only: reproducible files of any size. */

/** Bytes that cannot be compressed. */
export function incompressibleBytes(size: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** JSON-like text that compresses about as well as a request. */
export function sampleJsonBytes(size: number, seed = 1): Uint8Array {
  const noise = incompressibleBytes(Math.ceil(size / 40) * 8 + 8, seed);
  let out = '{"type":"countersign/request","issuances":[';
  for (let i = 0; out.length < size; i += 8) {
    const hex = Array.from(noise.subarray(i, i + 8), byte => byte.toString(16).padStart(2, '0')).join('');
    out += `{"serial":"${hex}","year":"2019"},`;
  }
  return new TextEncoder().encode(out.slice(0, size));
}
