/**
 * Recognises files of the signer that must not leave the laptop. Examines the content and ignores the name.
 */
import { secretFileRefusal } from './texts/messages.ts';

/**
 * Where possible, a pattern matches a part of the text, so that files which are cut, or have comments, are
 * recognised too.
 */
const SECRETS: [kind: string, pattern: RegExp][] = [
  // JSON may write a slash as `\/`.
  ['the key file of a signer (key.json)', /"type"\s*:\s*"countersign\\?\/key"/],
  ['the key file of a signer (key.json)', /"ciphertext"\s*:\s*"[0-9a-f]{96}"/],
  ['the journal of a signer', /^[0-9a-f]{64} \{"/m],
  ['the journal of a signer (journal.head)', /^\s*\d+ [0-9a-f]{64}\s*$/],
  [
    'a private key',
    /^\s*(?:[0-9a-f]{64}|[5KL][1-9A-HJ-NP-Za-km-z]{50,51}|[QTc9][1-9A-HJ-NP-Za-km-z]{50,51})\s*$/i,
  ],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a recovery phrase', /^\s*(?:(?:\d+[.:)]?\s+)?[a-z]{3,8}[\s,]+){11,23}(?:\d+[.:)]?\s+)?[a-z]{3,8}\s*$/im],
];

/** @returns the kind of the secret; null for a file that may be transferred */
export function secretKind(file: Uint8Array): string | null {
  // Removes zero bytes, so that UTF-16 text matches too.
  const text = new TextDecoder('latin1')
    .decode(file.filter(byte => byte !== 0))
    .replace(/^(?:ÿþ|þÿ|ï»¿)/, '');
  return SECRETS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** @throws {Refusal} FILE_UNUSABLE for a file with a secret or the signer's memory */
export function refuseSecret(file: Uint8Array): void {
  const kind = secretKind(file);
  if (kind !== null) throw secretFileRefusal(kind);
}
