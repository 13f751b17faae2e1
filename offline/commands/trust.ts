/** trust: show a profile, and pin it. */
import { Refusal } from '../../shared/errors.ts';
import { readTrust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { confirmCode, showPaged } from '../ask.ts';
import { readFile } from '../disk.ts';
import { controllerOf, openHome, pinTrust } from '../home.ts';
import { withLock } from '../lock.ts';
import { profileScreen } from '../review.ts';

export const trust: Command = {
  operands: ['FILE'],
  flags: { confirm: 'CODE', replace: '' },
  summary: 'Shows a trust profile and pins it: from then on nothing outside it is signed.',
  help: `
  --confirm CODE  the review code, for scripts; else it is typed
  --replace       pins another profile in place of the one pinned. What was signed and seen on the
                  same network and policy asset is remembered

All controllers compare the review code, by voice or face to face, before anyone types it. The
key of this device must be one of the profile's.

Examples:
  signer trust trust.json
  signer trust trust.json --confirm 7KQ4-0000-0000-0000
`,
  run: (world, { operands: [file], flags }) =>
    withLock(world, async () => {
      const { key, journal, memory, trust: before } = openHome(world);
      const profile = readTrust(readFile(world.disk, file as string, 65536), file);
      const controller = controllerOf(key.publicKey, profile);
      const { digest, reviewCode, address } = profile;
      const json = { digest, reviewCode, controller, address };
      if (memory.trust !== null && memory.trust !== digest && !flags.has('replace')) {
        throw new Refusal(
          'TRUST_MISMATCH',
          `another profile is pinned on this device: ${before?.reviewCode ?? memory.trust}, the file has ${reviewCode}`,
          'Compare the file with the other controllers; if the profile was changed on purpose, add --replace.',
        );
      }
      await showPaged(world, profileScreen(profile, controller));
      if (before?.digest !== digest) {
        if (before) world.show(`It replaces the profile ${before.reviewCode}:\n${profileScreen(before, null)}`);
        await confirmCode(world, reviewCode, flags.get('confirm'));
        pinTrust(world, journal, profile);
      }
      return { text: `Pinned. This device is controller ${controller} of ${profile.m}.\n`, json };
    }),
};
