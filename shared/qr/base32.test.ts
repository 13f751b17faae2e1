import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase32, toBase32 } from './base32.ts';

const asciiBytes = (text: string) => new TextEncoder().encode(text);

// Test vectors of RFC 4648, section 10, without the padding.
const VECTORS = [
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
] as const;

for (const [plain, encoded] of VECTORS) {
  test(`base32 of "${plain}" equals the example of RFC 4648`, () => {
    assert.is(toBase32(asciiBytes(plain)), encoded);
    assert.equal(fromBase32(encoded), asciiBytes(plain));
  });
}

test('every length up to 70 bytes survives encoding and decoding', () => {
  for (let length = 0; length <= 70; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 167 + length) & 255);
    assert.equal(fromBase32(toBase32(data)), data);
  }
});

test('a text that the encoder cannot produce is refused', () => {
  const refused = ['A', 'AAA', 'AAAAAA', 'MZ', 'MZXR', 'my', 'M1', 'M=', 'Mé', 'M\u{1f600}'];
  for (const text of refused) assert.type((fromBase32(text) as { reason: string }).reason, 'string', text);
});

test('every text of two characters is refused or encoded to the same text again', () => {
  for (let a = 32; a < 127; a++) {
    for (let b = 32; b < 127; b++) {
      const text = String.fromCharCode(a, b);
      const read = fromBase32(text);
      if (read instanceof Uint8Array) assert.is(toBase32(read), text);
    }
  }
});

test.run();
