/** rollback and release: what the signer remembers is overruled by its controller, and the journal says so for ever. */

import { outpointOf } from '../../shared/changes.ts';
import { verifyBase } from '../../shared/derive.ts';
import { check, shown } from '../../shared/errors.ts';
import { assetIdOf } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Args, Command } from '../args.ts';
import { confirmText, needTerminal, showForCode, showPaged, unlock } from '../ask.ts';
import { heldMapping, keepMapping, missing, readMapping } from '../base.ts';
import { type Home, openHome, pinnedTrust } from '../home.ts';
import { append } from '../journal.ts';
import { withLock } from '../lock.ts';
import { ageOf, checkAge, recall, released, seen } from '../memory.ts';
import { plainScreen } from '../screen/parts.ts';
import { count, day, listed, utc } from '../text.ts';
import type { Answer, World } from '../world.ts';

interface Overruled extends Answer {
  entry: Parameters<typeof append>[2];
  mapping: Mapping;
}

const ROLLBACK =
  'if the newer mapping was published after all, its bars can be issued a second time. Go back only if the other controllers say that it never was, and read the digest to you.';
const SPENT_BY = 'Id of the transaction that spent the coin: ';
const RELEASE =
  'a mapping is signed before anything is sent: the coin may be unspent, or spent for this bar, and then the bar can get two tokens. So every controller asks an own node which transaction spent the coin, sees that it is confirmed and issued the token to the other bar, and types its id here.';

/** @param make shows what is at stake, asks, and gives the line of the journal, what it rests on and the answer */
function overruling(make: (world: World, home: Home, trust: Trust, args: Args) => Promise<Overruled>): Command['run'] {
  return (world, args) =>
    withLock(world, async () => {
      const home = openHome(world);
      const { entry, mapping, text, json } = await make(world, home, pinnedTrust(home), args);
      // Whoever finds the laptop may not make it forget.
      (await unlock(world, home.key)).fill(0);
      keepMapping(world, { mapping, origin: '' }, recall(append(world, home.journal, entry).entries));
      return { text, json };
    });
}

export const rollback: Command = {
  operands: ['MAPPING'],
  flags: { confirm: 'DIGEST' },
  help: `Goes back to MAPPING, the published map.json, from a newer one that this signer was led to and that was never
published. What was signed is not forgotten.

  --confirm DIGEST  the digest of MAPPING, for scripts; else it is typed`,
  example: '/media/usb/map.json',
  run: overruling(async (world, { memory: { newest } }, trust, { operands: [file = ''], flags }) => {
    const mapping = readMapping(world, file);
    const signers = verifyBase(mapping, trust);
    const needless = `${shown(file)}: expected a mapping older than the newest, of height ${newest?.height ?? 'none'}`;
    check(newest && ageOf(mapping, newest) < 0, 'FIELD_INVALID', needless, 'Nothing to go back from: sign.');
    const { digest } = mapping;
    const state = (digest: string, { time, height }: { time: string; height: number }, assets: number) =>
      `${digest} height ${height}, ${utc(time)}, ${count(assets, 'asset')}`;
    const facts = {
      From: state(newest.mapping, newest, newest.assets),
      'Back to': `${state(digest, mapping, mapping.size)}; ${signers.length > 0 ? `signed by controllers ${listed(signers)}` : 'SIGNED BY NOBODY: any PC can make such a mapping'}`,
      Dropped: missing(world, newest, mapping).names.join(', ') || 'not known: no copy is left',
      'At stake': ROLLBACK,
    };
    await showForCode(world, plainScreen('ROLLBACK to an older mapping', facts), digest);
    await confirmText(world, 'the digest of the older mapping', '--confirm DIGEST', flags.get('confirm'), digest);
    const json = { mapping: digest, from: newest.mapping };
    return { entry: seen(mapping, 'rollback'), mapping, text: `Back to ${digest}.`, json };
  }),
};

export const release: Command = {
  operands: ['REFERENCE'],
  flags: { mapping: 'FILE', transaction: 'TXID', confirm: 'REFERENCE' },
  help: `Frees a bar from the policy coin that it was signed on here, once that coin was spent for another bar (rule 8).

  --mapping FILE       the published map.json that has the coin's token for the other bar, if this signer has no copy
  --transaction TXID   for scripts: the transaction that spent the coin; else it is typed
  --confirm REFERENCE  for scripts: the bar once more; else it is typed`,
  example: '500001-2021-ACME --mapping /media/usb/map.json',
  run: overruling(async (world, { memory }, trust, { operands: [bar = ''], flags }) => {
    const signed = memory.coins.get(bar);
    check(signed, 'FIELD_INVALID', `${shown(bar)}: expected a bar that this signer signed and did not release`);
    const file = flags.get('mapping');
    const mapping = file ? readMapping(world, file) : memory.newest && heldMapping(world, memory.newest.mapping);
    check(mapping, 'BASE_NEEDED', 'this signer has no copy of a mapping', 'Give the published one: --mapping FILE');
    const signers = verifyBase(mapping, trust);
    checkAge(mapping, memory);
    const [coin, assetId] = [outpointOf(signed.coin), assetIdOf(signed.coin)];
    const other = mapping.holderOf(assetId) ?? '';
    const bound = `${coin}: expected its token, ${assetId}, to be of another bar than ${bar} in that mapping`;
    check(other && other !== bar, 'DOUBLE_ISSUE', `${bound}, it is of ${other || 'none'}`);
    const facts = {
      Bar: `${bar}, signed here on ${day(signed.at)} in ${signed.reviewCode}`,
      Coin: coin,
      'Its token': assetId,
      'Other bar': `${shown(other)} has that token in the mapping ${mapping.digest} signed by controllers ${listed(signers)}`,
      'At stake': RELEASE,
    };
    await showPaged(world, plainScreen('RELEASE of a bar from its coin', facts));
    const ask = () => needTerminal(world, 'the transaction', '--transaction TXID').ask(SPENT_BY);
    const typed = flags.get('transaction') ?? (await ask());
    const transaction = typed.replace(/\s/g, '').toLowerCase();
    const isId = /^[0-9a-f]{64}$/.test(transaction) && ![signed.coin.txid, assetId].includes(transaction);
    check(isId, 'FIELD_INVALID', `transaction: expected the id of the one that spent the coin, got ${shown(typed)}`);
    await confirmText(world, 'the reference of the bar', '--confirm REFERENCE', flags.get('confirm'), bar);
    const entry = released(bar, signed.coin, other, mapping.digest, transaction);
    return { entry, mapping, text: `${bar} is released from ${coin}.`, json: { bar, coin, other, transaction } };
  }),
};
