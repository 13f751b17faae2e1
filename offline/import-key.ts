/** Reads keys of older tools: `privkey.dat` (64 hex digits) and WIF. */
import { decodeBase58Check } from '../shared/base58.ts';
import { asciiText, hexToBytes } from '../shared/bytes.ts';
import { isPrivateKey } from '../shared/ecdsa.ts';
import { checkThat } from '../shared/errors.ts';
import { readAsExpectedKind } from '../shared/file-kind.ts';
import { NETWORKS, type Network } from '../shared/networks.ts';

export interface ImportedKey {
  privateKey: Uint8Array;
  /** Description of the format, for a sentence. */
  form: string;
}

function checkKeyForm(valid: unknown, message: string): asserts valid {
  const hint = 'Give the privkey.dat of the older tool (64 hex digits), or a file with one WIF key only.';
  checkThat(valid, 'KEY_INVALID', message, hint);
}

function keyFromWif(text: string, pinned: Network | null): ImportedKey {
  const payload = decodeBase58Check(text);
  checkKeyForm(payload, 'key: expected 64 hex digits or a WIF key, got other text or a wrong checksum');
  const compressed = payload.length === 34 && payload[33] === 1;
  checkKeyForm(
    compressed || payload.length === 33,
    `key: expected the length of a WIF key, got ${payload.length} bytes of base58check`,
  );
  const known = pinned ? [pinned] : NETWORKS;
  const network = known.find(({ wif }) => wif === payload[0]);
  const names = known.map(({ name, wif }) => `${name} (${wif})`).join(', ');
  checkKeyForm(network, `key: expected a WIF key of ${names}, got the version byte ${payload[0]}`);
  return { privateKey: payload.slice(1, 33), form: wifFormText(network.name, compressed) };
}

export function wifFormText(network: string, compressed: boolean): string {
  const other = 'an UNCOMPRESSED public key. Countersign uses the compressed public key, which has other addresses';
  return `a WIF key of ${network}, marked for ${compressed ? 'a compressed public key' : other}`;
}

/**
 * @param pinned the network that a WIF key must have; null to accept any known network
 * @throws Refusal KEY_INVALID; the message never quotes the input
 */
export const parseImportedKey = (bytes: Uint8Array, pinned: Network | null, what = 'key'): ImportedKey =>
  readAsExpectedKind(bytes, what, 'a private key', () => keyFromHexOrWif(bytes, pinned));

function keyFromHexOrWif(bytes: Uint8Array, pinned: Network | null): ImportedKey {
  const text = asciiText(bytes).replace(/[\s\0]/g, '');
  const hex = text.toLowerCase();
  const imported = /^[0-9a-f]{64}$/.test(hex)
    ? { privateKey: hexToBytes(hex, 'key', 32), form: 'a key of 64 hex digits' }
    : keyFromWif(text, pinned);
  checkKeyForm(isPrivateKey(imported.privateKey), 'key: expected a private key of secp256k1, got another number');
  return imported;
}
