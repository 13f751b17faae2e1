/** HMAC against the library's and RFC 4231. */
import { hmac } from '@noble/hashes/hmac.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesToHex, utf8 } from './bytes.ts';
import { hmacSha256, sha256 } from './hash.ts';

test('HMAC-SHA-256 is that of the library, for messages of every length up to three blocks', () => {
  for (let length = 0; length < 200; length++) {
    const key = sha256(Uint8Array.of(length));
    const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    assert.equal(bytesToHex(hmacSha256(key, message)), bytesToHex(hmac(sha256, key, message)));
  }
  // A published value, computed with OpenSSL too: a key of 32 zero bytes.
  const zeros = bytesToHex(hmacSha256(new Uint8Array(32), utf8('')));
  assert.is(zeros, 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad');
});

test('keys of other lengths are refused: a longer one would have to be hashed first', () => {
  for (const length of [0, 31, 33, 64, 65])
    assert.throws(() => hmacSha256(new Uint8Array(length), utf8('')), /32 bytes/);
});

test.run();
