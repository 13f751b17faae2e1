/** The request file for the isolated laptop. */
import { basename } from 'node:path';
import { utf8 } from '../../../shared/bytes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { requestText } from '../../../shared/request.ts';
import { shellFileWord } from '../../../shared/shell-words.ts';
import type { Signatures } from '../../../shared/signatures.ts';

/**
 * The command to type on the laptop. The command names the file without the folder, because the folder has
 * another path on the laptop.
 */
export const signCommandLine = (request: string): string =>
  `On the isolated laptop, in the folder of this file: signer sign ${shellFileWord(basename(request))}\n`;

/**
 * @param withText true to include the base mapping's text. Otherwise the file has only the base mapping's
 * signatures. From them, a signer that has the previous mapping and signed the last request can rebuild the
 * base mapping
 * @param signed verified signatures, whose endorsements are written to the file for the next laptop
 */
export function requestFileBytes(
  { request, base }: Derivation,
  withText: boolean,
  signed: readonly Signatures[],
): Uint8Array {
  const { mapping } = request.base;
  const endorsements = Object.fromEntries(signed.map(s => [s.controller, s.endorsement]));
  const { endorsements: _, ...content } = request;
  const file = signed.length > 0 ? { ...content, endorsements } : content;
  if (withText) {
    const text = new TextDecoder().decode(base.bytes());
    return utf8(requestText({ ...file, base: { mapping, text } }));
  }
  const signatures = Object.fromEntries(
    [...base.signatures].filter(([label]) => /^[1-9][0-9]?$/.test(label)),
  );
  const carried = Object.keys(signatures).length > 0 ? { signatures } : {};
  return utf8(requestText({ ...file, base: { mapping, ...carried } }));
}
