/** The request as a file for the isolated laptop. */
import { utf8 } from '../shared/bytes.ts';
import type { Derivation } from '../shared/derive.ts';
import { requestText } from '../shared/request.ts';

/**
 * @param withText with the text of the mapping; else with its signatures alone, from which a signer that holds the
 *   mapping before it, and signed what came since, brings its own copy up to date
 */
export function requestFile({ request, base }: Derivation, withText: boolean): Uint8Array {
  const { mapping } = request.base;
  if (withText) {
    const text = new TextDecoder().decode(base.bytes());
    return utf8(requestText({ ...request, base: { mapping, text } }));
  }
  const signatures = Object.fromEntries(
    [...base.signatures].filter(([label]) => /^[1-9][0-9]?$/.test(label)),
  );
  const carried = Object.keys(signatures).length > 0 ? { signatures } : {};
  return utf8(requestText({ ...request, base: { mapping, ...carried } }));
}
