/**
 * The command rollback, and a function shared with release. With these two commands, a controller overrules the
 * signer's memory. The journal has an entry for each of these decisions.
 */

import { verifyBase } from '../../shared/derive.ts';
import { checkThat, valueText } from '../../shared/errors.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Args, Command } from '../args.ts';
import { findBarsNotInMapping, readMappingFile, storeMapping } from '../base-mapping.ts';
import { confirmText, showTextForCode, unlockKey } from '../confirmations.ts';
import { appendEntry } from '../journal.ts';
import { runUnderLock } from '../lock.ts';
import { compareWithNewest, memoryFromEntries, seenEntry } from '../memory.ts';
import { screenWithoutCode } from '../screen/screen-parts.ts';
import { type Home, openHome, pinnedTrust } from '../signer-home.ts';
import { countText, listText, utcTimeText } from '../text-layout.ts';
import type { Answer, World } from '../world.ts';

interface OverruleResult extends Answer {
  entries: Parameters<typeof appendEntry>[2][];
  mapping: Mapping;
}

export const ROLLBACK_RISK =
  'If the newer mapping was published after all, its bars can be issued a second time. Go back only if the other controllers say that the newer mapping was never published, and if they read the digest of the older mapping to you.';

/**
 * @param make function that shows the consequences, asks for confirmation, and returns the answer, the journal entries,
 * and the mapping that justifies the entries
 */
export function overruleCommand(
  make: (world: World, home: Home, trust: Trust, args: Args) => Promise<OverruleResult>,
): Command['run'] {
  return (world, args) =>
    runUnderLock(world, async () => {
      const home = openHome(world);
      const { entries, mapping, text, json } = await make(world, home, pinnedTrust(home), args);
      // Asks for the passphrase, so that a thief of the laptop cannot overrule its memory.
      (await unlockKey(world, home.key)).fill(0);
      for (const entry of entries) home.journal = appendEntry(world, home.journal, entry);
      storeMapping(world, { mapping, origin: '' }, memoryFromEntries(home.journal.entries));
      return { text, json };
    });
}

export const rollback: Command = {
  operands: ['MAPPING'],
  flags: { confirm: 'DIGEST' },
  help: `Goes back to MAPPING, the published map.json, from a newer mapping that was never published.
This signer still remembers everything that it signed.

  --confirm DIGEST  for scripts: the digest of MAPPING. At a terminal, a person types it.`,
  example: '/media/usb/map.json',
  run: overruleCommand(async (world, { memory: { newest } }, trust, { operands: [file = ''], flags }) => {
    const mapping = readMappingFile(world, file);
    const signers = verifyBase(mapping, trust);
    const needless = `${valueText(file)}: expected a mapping older than the newest mapping that this signer has built on (height ${newest?.height ?? 'none'})`;
    checkThat(
      newest && compareWithNewest(mapping, newest) < 0,
      'FIELD_INVALID',
      needless,
      'Sign without a rollback. This signer has built on no newer mapping.',
    );
    const { digest } = mapping;
    const state = (digest: string, { time, height }: { time: string; height: number }, assets: number) =>
      `${digest}, height ${height}, ${utcTimeText(time)}, ${countText(assets, 'asset')}`;
    const facts = {
      From: state(newest.mapping, newest, newest.assets),
      'Back to': `${state(digest, mapping, mapping.size)}; ${signers.length > 0 ? `signed by controllers ${listText(signers)}` : 'UNSIGNED: any PC can create this mapping'}`,
      'Dropped bars':
        findBarsNotInMapping(world, newest, mapping).names.join(', ') ||
        'unknown: this signer has no copy of the newer mapping',
      Risk: ROLLBACK_RISK,
    };
    await showTextForCode(world, screenWithoutCode('ROLLBACK to an older mapping', facts), digest);
    await confirmText(world, 'the digest of the older mapping', '--confirm DIGEST', flags.get('confirm'), digest);
    const json = { mapping: digest, from: newest.mapping };
    return {
      entries: [seenEntry(mapping, 'rollback')],
      mapping,
      text: `This signer went back to the mapping ${digest}.`,
      json,
    };
  }),
};
