/** trust: show a profile, and pin it. */
import { check } from '../../shared/errors.ts';
import { MAX_PROFILE, readTrust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { confirmCode, showForCode, showPaged } from '../ask.ts';
import { readFile } from '../disk.ts';
import { controllerOf, openHome, pinTrust } from '../home.ts';
import { withLock } from '../lock.ts';
import { profileScreen } from '../review.ts';

export const trust: Command = {
  operands: ['FILE'],
  flags: { confirm: 'CODE', replace: '' },
  help: `Shows a trust profile and pins it: from then on nothing outside it is signed.

  --confirm CODE  the review code, for scripts; at a terminal it is typed
  --replace       pins it in place of another one; the same chain's memory is kept

All controllers compare the review code, by voice or face to face, before anyone types it.`,
  example: 'trust.json',
  run: (world, { operands: [file], flags }) =>
    withLock(world, async () => {
      const { key, journal, memory, trust: before } = openHome(world);
      const profile = readTrust(readFile(world.disk, file as string, MAX_PROFILE), file);
      const controller = controllerOf(key.publicKey, profile);
      const { digest, reviewCode, address } = profile;
      const json = { digest, reviewCode, controller, address };
      const pinned = before?.reviewCode ?? memory.trust;
      const message = `another profile is pinned on this device: ${pinned}, the file has ${reviewCode}`;
      const hint = 'Compare the file with the other controllers; if it was changed on purpose, add --replace.';
      check(memory.trust === null || memory.trust === digest || flags.has('replace'), 'TRUST_MISMATCH', message, hint);
      const isNew = before?.digest !== digest;
      const text = profileScreen(profile, controller, isNew ? before : null);
      if (isNew) {
        await showForCode(world, text, reviewCode);
        await confirmCode(world, reviewCode, flags.get('confirm'));
        pinTrust(world, journal, profile);
      } else await showPaged(world, text);
      return { text: `Pinned. This device is controller ${controller} of ${profile.m}.`, json };
    }),
};
