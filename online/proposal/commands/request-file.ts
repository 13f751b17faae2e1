/** The request as a file for the isolated laptop. */
import { basename } from 'node:path';
import { utf8 } from '../../../shared/bytes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { requestText } from '../../../shared/request.ts';
import { fileWord } from '../../../shared/shell.ts';
import type { Signatures } from '../../../shared/signatures.ts';

/** What to type on the laptop. The stick has another path there, so only the file's own name is printed. */
export const signLine = (request: string): string =>
  `On the isolated laptop, in the folder of this file: signer sign ${fileWord(basename(request))}\n`;

/**
 * @param withText with the text of the mapping; else with its signatures alone, from which a signer that holds the
 *   mapping before it, and signed what came since, brings its own copy up to date
 * @param signed verified; the next laptop verifies by their endorsements who has signed this very request
 */
export function requestFile(
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
