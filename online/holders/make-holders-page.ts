/**
 * Makes the page for token holders with the trust profile of its issuer. The page is one file that checks a
 * mapping in a browser.
 */
import type { Trust } from '../../shared/trust.ts';

/** The page's text, inserted when the program is bundled. */
declare const HOLDERS_PAGE: string | undefined;

const PLACE = '<script type="application/json" id="profile"></script>';

/** @throws Error if this program was not bundled */
export function makeHoldersPage({ text }: Trust): string {
  const page = typeof HOLDERS_PAGE === 'string' ? HOLDERS_PAGE : '';
  const parts = page.split(PLACE);
  if (parts.length !== 2)
    throw new Error('this program does not contain the page for token holders: build it with `make build`');
  // Each `<` is replaced by its JSON escape. The JSON has the same meaning, and no text in it can close the
  // element.
  const profile = text.replaceAll('<', '\\u003c');
  return parts.join(PLACE.replace('></', () => `>${profile}</`));
}
