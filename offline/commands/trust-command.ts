/** The command trust: shows a profile and pins it. */
import { checkThat } from '../../shared/errors.ts';
import { MAX_PROFILE, readTrust, type Trust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { confirmCode, confirmText, showTextForCode, textWithHalfCode } from '../confirmations.ts';
import { readFile } from '../disk-files.ts';
import { runUnderLock } from '../lock.ts';
import type { Memory } from '../memory.ts';
import { showInPages } from '../paged-text.ts';
import { profileScreen } from '../screen/profile.ts';
import { controllerOfKey, openHome, pinTrust } from '../signer-home.ts';
import { countText } from '../text-layout.ts';

export const SIGNS_AGAIN = 'It can then sign these bars again, with any policy coin.';

/**
 * A warning that the signer stops using its memory, if the new profile is for another chain. Empty for the same chain,
 * or if the signer has built on no mapping. Each policy asset has its own memory.
 */
function memorySetAsideLines({ policyAsset, newest, signed, coins }: Memory, profile: Trust): string[] {
  if (!newest || policyAsset === profile.policyAsset) return [];
  const what = `${countText(signed.length, 'request')} with ${countText(coins.size, 'bar')}, and the newest mapping (height ${newest.height})`;
  return [
    `The new profile has another policy asset, so it is for another chain. Under the new profile, this signer does not use its memory of the old chain (policy asset ${policyAsset}): ${what}. ${SIGNS_AGAIN} If a profile of the old chain is pinned again, the signer uses this memory again.`,
  ];
}

export const trust: Command = {
  operands: ['FILE'],
  flags: { confirm: 'CODE', replace: '', asset: 'ID' },
  help: `Shows a trust profile and pins it. From then on, this signer signs only requests for this profile.

  --confirm CODE  for scripts: the review code. At a terminal, a person types it.
  --replace       replaces the pinned profile. The memory of the same chain is kept.
  --asset ID      for scripts: the policy asset of FILE, if it differs from the pinned policy asset.
                  At a terminal, a person types it.

All controllers compare the review code, by voice or face to face, before anyone types it.`,
  example: 'trust.json',
  run: (world, { operands: [file], flags }) =>
    runUnderLock(world, async () => {
      const { key, journal, memory, trust: before } = openHome(world);
      const profile = readTrust(readFile(world.disk, file as string, MAX_PROFILE), file);
      const controller = controllerOfKey(key.publicKey, profile);
      const { digest, reviewCode, address } = profile;
      const json = { digest, reviewCode, controller, address };
      const pinned = before?.reviewCode ?? memory.trust;
      const both = `another trust profile is pinned on this device: expected ${pinned}, got ${reviewCode}`;
      const message = textWithHalfCode(world, both, reviewCode);
      const hint = 'Compare the file with the other controllers. If the profile was changed on purpose, add --replace.';
      checkThat(
        memory.trust === null || memory.trust === digest || flags.has('replace'),
        'TRUST_MISMATCH',
        message,
        hint,
      );
      const isNew = before?.digest !== digest;
      const warnings = memorySetAsideLines(memory, profile);
      const text = profileScreen(profile, controller, isNew ? before : null, warnings);
      if (isNew) {
        await showTextForCode(world, text, reviewCode);
        if (warnings.length > 0)
          await confirmText(world, 'the new policy asset', '--asset ID', flags.get('asset'), profile.policyAsset);
        await confirmCode(world, text, reviewCode, flags.get('confirm'));
        pinTrust(world, journal, profile);
      } else await showInPages(world, text);
      const next = 'Next: sign a request when you receive one: `signer sign --help`.';
      return { text: `Pinned. This device is controller ${controller} of ${profile.m}.\n${next}`, json };
    }),
};
