/**
 * The key file: the private key, encrypted with scrypt and AES-256-GCM. The other members are authenticated and not
 * encrypted.
 */
import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto';
import { bytesToHex, hexToBytes, utf8 } from '../shared/bytes.ts';
import { isPublicKey, publicKeyOf } from '../shared/ecdsa.ts';
import { checkThat, Refusal } from '../shared/errors.ts';
import { canonicalJson, type PlainValue, readJson } from '../shared/json.ts';
import { Fields, OTHER_VERSION } from '../shared/json-fields.ts';
import { fileExists, readFile } from './disk-files.ts';
import { textLineBytes } from './text-layout.ts';
import type { ScryptCost, World } from './world.ts';

/** Parameters of scrypt: each guess of a passphrase takes 128 MiB of memory and about half a second. */
export const SCRYPT: ScryptCost = { N: 1 << 17, r: 8, p: 1 };
/** Largest memory in bytes that the parameters of a key file may need. */
const MAX_MEMORY = 512 * 1024 * 1024;

interface Sealing {
  publicKey: string;
  scrypt: ScryptCost & { salt: string };
  nonce: string;
}
export interface KeyFile extends Sealing {
  ciphertext: string;
}

/** All members except the ciphertext. AES-GCM authenticates them as additional data. */
function keyFileHeader({ publicKey, scrypt, nonce }: Sealing): { [key: string]: PlainValue } {
  return { type: 'countersign/key', version: 1, publicKey, scrypt: { ...scrypt }, cipher: 'aes-256-gcm', nonce };
}

function deriveCipherKey({ scrypt: { N, r, p, salt } }: Sealing, passphrase: string): Uint8Array {
  const secret = utf8(passphrase.normalize('NFKC'));
  return scryptSync(secret, hexToBytes(salt, 'salt', 32), 32, { N, r, p, maxmem: 2 * MAX_MEMORY });
}

export function encryptKey(world: World, privateKey: Uint8Array, passphrase: string): Uint8Array {
  const scrypt = { ...world.scrypt, salt: bytesToHex(world.random(32)) };
  const file = { publicKey: bytesToHex(publicKeyOf(privateKey)), scrypt, nonce: bytesToHex(world.random(12)) };
  const key = deriveCipherKey(file, passphrase);
  const cipher = createCipheriv('aes-256-gcm', key, hexToBytes(file.nonce, 'nonce'));
  cipher.setAAD(utf8(canonicalJson(keyFileHeader(file))));
  const sealed = [cipher.update(privateKey), cipher.final(), cipher.getAuthTag()];
  key.fill(0);
  const content = { ...keyFileHeader(file), ciphertext: sealed.map(bytesToHex).join('') };
  return textLineBytes(JSON.stringify(content, null, 1));
}

/** @throws Refusal PASSPHRASE_WRONG, KEY_INVALID */
export function decryptKey(file: KeyFile, passphrase: string): Uint8Array {
  const key = deriveCipherKey(file, passphrase);
  const sealed = hexToBytes(file.ciphertext, 'ciphertext', 48);
  const cipher = createDecipheriv('aes-256-gcm', key, hexToBytes(file.nonce, 'nonce'), { authTagLength: 16 });
  cipher.setAAD(utf8(canonicalJson(keyFileHeader(file))));
  cipher.setAuthTag(sealed.subarray(32));
  const opened = new Uint8Array(cipher.update(sealed.subarray(0, 32)));
  key.fill(0);
  try {
    cipher.final();
  } catch {
    const hint = `Type the passphrase again. If it was changed or lost, ${REBUILD}`;
    throw new Refusal('PASSPHRASE_WRONG', 'this passphrase does not open the key file', hint);
  }
  const fits = bytesToHex(publicKeyOf(opened)) === file.publicKey;
  checkThat(fits, 'KEY_INVALID', 'key.json: the private key does not match the public key', DAMAGED);
  return opened;
}

const REBUILD = 'rebuild the key from its recovery phrase with recover, in a new home.';
const DAMAGED = `Because key.json is damaged, ${REBUILD}`;

function parseKeyFile(bytes: Uint8Array): KeyFile {
  const names = ['publicKey', 'scrypt', 'cipher', 'nonce', 'ciphertext'];
  const fields = Fields.file(readJson(bytes, 'key.json', 4096), 'countersign/key', names);
  fields.constant('cipher', 'aes-256-gcm');
  const cost = fields.object('scrypt', ['N', 'r', 'p', 'salt']);
  const [N, r, p] = [cost.integer('N', 1 << 14, 1 << 22), cost.integer('r', 8, 32), cost.integer('p', 1, 4)];
  const file = {
    publicKey: fields.hex('publicKey', 33),
    scrypt: { N, r, p, salt: cost.hex('salt', 32) },
    nonce: fields.hex('nonce', 12),
    ciphertext: fields.hex('ciphertext', 48),
  };
  if ((N & (N - 1)) !== 0 || 128 * N * r > MAX_MEMORY) throw new RangeError('scrypt cost');
  if (!isPublicKey(hexToBytes(file.publicKey, 'publicKey', 33))) throw new RangeError('publicKey');
  return file;
}

export const keyFilePath = (world: World) => `${world.home}/key.json`;

/** @throws Refusal KEY_MISSING, KEY_INVALID, PERMISSIONS */
export function readKeyFile(world: World): KeyFile {
  const path = keyFilePath(world);
  checkThat(fileExists(world.disk, path), 'KEY_MISSING', `${path}: no key exists`);
  const bytes = readFile(world.disk, path, 4096, true);
  try {
    return parseKeyFile(bytes);
  } catch (error) {
    const isOther = error instanceof Refusal && error.hint === OTHER_VERSION;
    const hint = isOther ? OTHER_VERSION : DAMAGED;
    throw new Refusal('KEY_INVALID', `key.json is not a valid key file: ${(error as Error).message}`, hint);
  }
}
