/** The page for token holders with the trust profile of its issuer: one file that checks a mapping in a browser. */
import type { Trust } from '../../shared/trust.ts';

/** Put in when the program is bundled. */
declare const HOLDERS_PAGE: string | undefined;

const PLACE = '<script type="application/json" id="profile"></script>';

/** @throws Error if this program was not built */
export function verifyPage({ text }: Trust): string {
  const page = typeof HOLDERS_PAGE === 'string' ? HOLDERS_PAGE : '';
  const parts = page.split(PLACE);
  if (parts.length !== 2)
    throw new Error('this program does not contain the page for token holders: build it with `make build`');
  // Nothing in JSON changes by this, and nothing in it can end the element.
  const profile = text.replaceAll('<', '\\u003c');
  return parts.join(PLACE.replace('></', () => `>${profile}</`));
}
