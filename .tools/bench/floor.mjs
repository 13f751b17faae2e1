// The floors of the benchmark: the minimal cost of the same work on this Node and machine.
//   read FILE             JSON.parse and native SHA-256 of the file
//   sign SIGS VERIFIES    noble's own sign and verify in a loop, with generated keys and hashes
//   derive N              scrypt with the key file's parameters
//   (any of them together, in one process)
import { createHash, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
for (let at = 0; at < args.length; ) {
  const what = args[at++];
  if (what === 'read') {
    const bytes = readFileSync(args[at++]);
    JSON.parse(bytes.toString());
    createHash('sha256').update(bytes).digest();
  } else if (what === 'derive') {
    const N = Number(args[at++]);
    scryptSync('passphrase', 'salt', 32, { N, r: 8, p: 1, maxmem: 1 << 30 });
  } else if (what === 'sign') {
    const [signs, verifies] = [Number(args[at++]), Number(args[at++])];
    const { hmac } = await import('@noble/hashes/hmac.js');
    const { sha256 } = await import('@noble/hashes/sha2.js');
    const secp = await import('@noble/secp256k1');
    secp.hashes.sha256 = sha256;
    secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);
    const key = sha256(Uint8Array.of(1));
    const pubkey = secp.getPublicKey(key);
    const options = { prehash: false, lowS: true };
    let signature;
    for (let i = 0; i < signs; i++)
      signature = secp.sign(sha256(Uint8Array.of(i & 255, i >> 8)), key, options);
    const last = sha256(Uint8Array.of((signs - 1) & 255, (signs - 1) >> 8));
    for (let i = 0; i < verifies; i++)
      if (!secp.verify(signature, last, pubkey, options)) throw new Error('floor');
  }
}
