/** Recognises the kind of a file by its first bytes, to explain why an unexpected file cannot be read. */
import { asciiText } from './bytes.ts';
import { Refusal } from './errors.ts';

/** Names of kinds of files, for `got ...` in a message. */
export const FILE = {
  empty: 'an empty file',
  zeros: 'a file of zero bytes only (an incomplete copy)',
  companion: 'a macOS companion file (its name begins with ._)',
  utf32: 'text in UTF-32',
  utf16: 'text in UTF-16',
  webPage: 'a web page, such as the sign-in page of a network',
  xml: 'XML',
  picture: 'a picture',
  film: 'a video or a sound recording',
  document: 'a document or an archive',
  certificate: 'a certificate, a signed text or an encrypted text',
  frame: 'the text of one QR code (read the codes with qr read)',
  privateKey: 'a private key',
  base64: 'base64 text (decode it first)',
  mail: 'an e-mail',
  publicKey: 'a public key',
  phrase: 'a list of words like a recovery phrase',
  cells: 'a table',
  request: 'a request',
  signatures: 'a signatures file',
  trust: 'a trust profile',
  signerKey: 'the key file of a signer',
  mapping: 'a mapping',
  olderScript: "p2sh.json, the script of the controllers' address",
  olderControllers: 'controllers.json, a file for the older scripts',
};

/** The first pattern that matches decides the kind. For the comparison, each byte is one character (Latin-1). */
const KINDS: [begins: RegExp, kind: string][] = [
  [/^$/, FILE.empty],
  [/^\0+$/, FILE.zeros],
  [/^\0\x05\x16\x07/, FILE.companion],
  [/^(\xff\xfe\0\0|\0\0\xfe\xff|(\0\0\0[^\0]){2}|([^\0]\0\0\0){2})/, FILE.utf32],
  [/^(\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/, FILE.utf16],
  [/^\s*<(!doctype|html|head|body)/i, FILE.webPage],
  [/^\s*</, FILE.xml],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM|....ftyp(hei|hev|avi|mif1|msf1|jxl |crx ))/s, FILE.picture],
  [/^(....(ftyp|moov|mdat)|\x1a\x45\xdf\xa3|RIFF|ID3|OggS)/s, FILE.film],
  [/^(%PDF|\{\\rtf|PK\x03\x04|\x1f\x8b|\xd0\xcf\x11\xe0|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ)/, FILE.document],
  [/^\s*-----BEGIN (?!.*PRIVATE KEY)/, FILE.certificate],
  [/^B\$[A-Z0-9]{6}/, FILE.frame],
  [/^\s*(-----BEGIN|[0-9a-f]{64}\s*$|[1-9A-HJ-NP-Za-km-z]{51,52}\s*$)/i, FILE.privateKey],
  [/^\s*(77u\/)?e[wy][\w+/\r\n-]+={0,2}\s*$/, FILE.base64],
  [
    /^(from \S+ |(received|return-path|delivered-to|(resent-)?(from|to|date)|subject|message-id|mime-version|x-[\w-]+): )/i,
    FILE.mail,
  ],
  [/^\s*0[23][0-9a-f]{64}\s*$/i, FILE.publicKey],
  [/^\s*([a-z]+\s+){11,23}[a-z]+\s*$/, FILE.phrase],
  [/^\w+([,;\t]\w+){2,}\r?\n/, FILE.cells],
  [/"type"\s*:\s*"countersign\/request"/, FILE.request],
  [/"type"\s*:\s*"countersign\/signatures"/, FILE.signatures],
  [/"type"\s*:\s*"countersign\/trust"/, FILE.trust],
  [/"type"\s*:\s*"countersign\/key"/, FILE.signerKey],
  [/"assets"\s*:\s*\{/, FILE.mapping],
  [/"redeemScript"\s*:/, FILE.olderScript],
  [/^\s*\{\s*"(pubkeys|m|n)"\s*:/, FILE.olderControllers],
];
export const incompleteCopyText = (kind: string) => `${kind} with zero bytes at its end (an incomplete copy)`;

const OF_CEREMONY = 'Give the trust.json of the key ceremony. All controllers have the same file.';
const MAX_HEADER = 4096;

/** @returns the kind, one of {@link FILE}; null if the kind is unknown */
export function fileKind(bytes: Uint8Array): string | null {
  const start = asciiText(bytes, 0, Math.min(bytes.length, MAX_HEADER));
  return KINDS.find(([begins]) => begins.test(start))?.[1] ?? null;
}

/**
 * Calls `read`. If `read` refuses, and the file is of another known kind or an incomplete copy, the refusal names what
 * the file is.
 * @param expected the kind that the caller needs
 */
export function readAsExpectedKind<T>(bytes: Uint8Array, what: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const kind = fileKind(bytes);
    const hasTail = bytes.at(-1) === 0;
    if (!(error instanceof Refusal) || kind === null || (kind === expected && !hasTail)) throw error;
    const message = `${what}: expected ${expected}, got ${kind === expected ? incompleteCopyText(kind) : kind}`;
    const other = 'Give the right file, or copy the file again from its source.';
    throw new Refusal(error.code, message, kind !== expected && expected === FILE.trust ? OF_CEREMONY : other);
  }
}
