/** Recognises the kind of a file by its first bytes, to explain why an unexpected file cannot be read. */
import { ascii } from './bytes.ts';
import { Refusal } from './errors.ts';

export const SIGNATURES_FILE = 'a signatures file';

/** The first match counts. Each byte is one character (Latin-1). */
const KINDS: [begins: RegExp, kind: string][] = [
  [/^$/, 'an empty file'],
  [/^\0+$/, 'a file of zero bytes only (an incomplete copy)'],
  [/^\0\x05\x16\x07/, 'a macOS companion file (its name begins with ._)'],
  [/^(\xff\xfe\0\0|\0\0\xfe\xff|(\0\0\0[^\0]){2}|([^\0]\0\0\0){2})/, 'text in UTF-32'],
  [/^(\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/, 'text in UTF-16'],
  [/^\s*<(!doctype|html|head|body)/i, 'a web page, such as the sign-in page of a network'],
  [/^\s*</, 'XML'],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM|....ftyp(hei|hev|avi|mif1|msf1|jxl |crx ))/s, 'a picture'],
  [/^(....(ftyp|moov|mdat)|\x1a\x45\xdf\xa3|RIFF|ID3|OggS)/s, 'a video or a sound recording'],
  [/^(%PDF|\{\\rtf|PK\x03\x04|\x1f\x8b|\xd0\xcf\x11\xe0|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ)/, 'a document or an archive'],
  [/^\s*-----BEGIN (?!.*PRIVATE KEY)/, 'a certificate, a signed text or an encrypted text'],
  [/^B\$[A-Z0-9]{6}/, 'the text of one QR code (read the codes with qr read)'],
  [/^\s*(-----BEGIN|[0-9a-f]{64}\s*$|[1-9A-HJ-NP-Za-km-z]{51,52}\s*$)/i, 'a private key'],
  [/^\s*(77u\/)?e[wy][\w+/\r\n-]+={0,2}\s*$/, 'base64 text (decode it first)'],
  [
    /^(from \S+ |(received|return-path|delivered-to|(resent-)?(from|to|date)|subject|message-id|mime-version|x-[\w-]+): )/i,
    'an e-mail',
  ],
  [/^\s*0[23][0-9a-f]{64}\s*$/i, 'a public key'],
  [/^\s*([a-z]+\s+){11,23}[a-z]+\s*$/, 'a list of words like a recovery phrase'],
  [/^\w+([,;\t]\w+){2,}\r?\n/, 'a table'],
  [/"type"\s*:\s*"countersign\/request"/, 'a request'],
  [/"type"\s*:\s*"countersign\/signatures"/, SIGNATURES_FILE],
  [/"type"\s*:\s*"countersign\/trust"/, 'a trust profile'],
  [/"type"\s*:\s*"countersign\/key"/, 'the key file of a signer'],
  [/"assets"\s*:\s*\{/, 'a mapping'],
  [/"redeemScript"\s*:/, "p2sh.json, the script of the controllers' address"],
  [/^\s*\{\s*"(pubkeys|m|n)"\s*:/, 'controllers.json, a file for the older scripts'],
];
const OF_CEREMONY = 'Give the trust.json of the key ceremony. All controllers have the same file.';
const MAX_HEADER = 4096;

/** @returns null if the kind is unknown */
export function fileKind(bytes: Uint8Array): string | null {
  const start = ascii(bytes, 0, Math.min(bytes.length, MAX_HEADER));
  return KINDS.find(([begins]) => begins.test(start))?.[1] ?? null;
}

/**
 * Calls `read`. If it refuses and the file is of another known kind, the refusal names that kind.
 * @param expected the kind that the caller needs
 */
export function readAs<T>(bytes: Uint8Array, what: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const kind = fileKind(bytes);
    const tail = bytes.at(-1) === 0 ? ' with zero bytes at its end (an incomplete copy)' : '';
    if (!(error instanceof Refusal) || kind === null || (kind === expected && tail === '')) throw error;
    const message = `${what}: expected ${expected}, got ${kind}${kind === expected ? tail : ''}`;
    const other = 'Give the right file, or copy the file again from its source.';
    throw new Refusal(error.code, message, kind !== expected && expected === 'a trust profile' ? OF_CEREMONY : other);
  }
}
