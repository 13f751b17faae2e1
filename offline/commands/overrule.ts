/** rollback and release: what the signer remembers is overruled by its controller, and the journal says so for ever. */
import { verifyBase } from '../../shared/derive.ts';
import { check, shown } from '../../shared/errors.ts';
import { assetIdOf } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { outpointOf } from '../../shared/request.ts';
import type { Command } from '../args.ts';
import { confirmText, needTerminal, showPaged, unlock } from '../ask.ts';
import { heldMapping, keepMapping, readMapping } from '../base.ts';
import { type Home, openHome, pinnedTrust } from '../home.ts';
import { append } from '../journal.ts';
import { withLock } from '../lock.ts';
import { ageOf, checkAge, recall, released, seen } from '../memory.ts';
import { fact, plainScreen } from '../review.ts';
import { count, day, listed, utc } from '../text.ts';
import type { World } from '../world.ts';

/** The passphrase: whoever finds the laptop may not make it forget. */
async function overrule(world: World, home: Home, entry: Parameters<typeof append>[2], mapping: Mapping) {
  (await unlock(world, home.key)).fill(0);
  const { entries } = append(world, home.journal, entry);
  keepMapping(world, { mapping, origin: '' }, recall(entries));
}

export const rollback: Command = {
  operands: ['MAPPING'],
  flags: { confirm: 'DIGEST' },
  help: `Goes back to MAPPING (the published map.json), from a newer one that this signer was led to and that was never
published. What this signer signed is not forgotten.

  --confirm DIGEST  the digest of MAPPING, for scripts; else it is typed`,
  example: '/media/usb/map.json',
  run: (world, { operands: [file = ''], flags }) =>
    withLock(world, async () => {
      const home = openHome(world);
      const { newest } = home.memory;
      const mapping = readMapping(world, file);
      const signers = verifyBase(mapping, pinnedTrust(home));
      const needless = `${shown(file)}: expected a mapping older than the newest, of height ${newest?.height ?? 'none'}`;
      check(newest && ageOf(mapping, newest) < 0, 'FIELD_INVALID', needless, 'Nothing to go back from: sign.');
      const held = heldMapping(world, newest.mapping);
      const had = new Set(held?.references() ?? []);
      for (const reference of mapping.contained(had)) had.delete(reference);
      const state = ({ time, height }: { time: string; height: number }, assets: number) =>
        `height ${height}, ${utc(time)}, ${count(assets, 'asset')}`;
      await showPaged(
        world,
        plainScreen('ROLLBACK to an older mapping', [
          ...fact('From', newest.mapping),
          ...fact('', state(newest, newest.assets)),
          ...fact('Back to', mapping.digest),
          ...fact('', `${state(mapping, mapping.size)}; signed by controllers ${listed(signers) || 'none'}`),
          ...fact('Dropped', held ? [...had].map(shown).join(', ') || 'no asset' : 'not known: no copy is left'),
          ...fact('At stake', 'if the newer mapping was published after all, its bars can be issued a second time.'),
          ...fact('', 'Go back only if the other controllers say that it never was, and read the digest to you.'),
        ]),
      );
      const { digest } = mapping;
      await confirmText(world, 'the digest of the older mapping', '--confirm DIGEST', flags.get('confirm'), digest);
      await overrule(world, home, seen(mapping, 'rollback'), mapping);
      return { text: `Back to ${digest}.`, json: { mapping: digest, from: newest.mapping } };
    }),
};

export const release: Command = {
  operands: ['REFERENCE'],
  flags: { mapping: 'FILE', transaction: 'TXID', confirm: 'REFERENCE' },
  help: `Frees a bar from the policy coin that it was signed on here, once that coin was spent for another bar (rule 8).

  --mapping FILE       the published map.json that has the coin's token for the other bar; without it, this signer's copy
  --transaction TXID   for scripts: the transaction that spent the coin; else it is typed
  --confirm REFERENCE  for scripts: the bar once more; else it is typed`,
  example: '500001-2021-ACME --mapping /media/usb/map.json',
  run: (world, { operands: [reference = ''], flags }) =>
    withLock(world, async () => {
      const home = openHome(world);
      const { coins, newest } = home.memory;
      const trust = pinnedTrust(home);
      const signed = coins.get(reference);
      check(signed, 'FIELD_INVALID', `${shown(reference)}: expected a bar that this signer signed and did not release`);
      const file = flags.get('mapping');
      const mapping = file ? readMapping(world, file) : newest && heldMapping(world, newest.mapping);
      check(mapping, 'BASE_NEEDED', 'this signer has no copy of a mapping', 'Give the published one: --mapping FILE');
      const signers = verifyBase(mapping, trust);
      checkAge(mapping, home.memory);
      const [coin, assetId] = [outpointOf(signed.coin), assetIdOf(signed.coin)];
      const other = mapping.holderOf(assetId);
      const bound = `${coin}: expected that mapping to have its token, ${assetId}, for another bar than ${reference}`;
      check(
        other !== undefined && other !== reference,
        'DOUBLE_ISSUE',
        `${bound}, it has it for ${other === undefined ? 'none' : shown(other)}`,
      );
      await showPaged(
        world,
        plainScreen('RELEASE of a bar from its coin', [
          ...fact('Bar', `${reference}, signed here on ${day(signed.at)} in ${signed.reviewCode}`),
          ...fact('Coin', coin),
          ...fact('Its token', assetId),
          ...fact('Other bar', `${shown(other)}, which has that token in the mapping`),
          ...fact('', mapping.digest),
          ...fact('', `signed by controllers ${listed(signers)}`),
          ...fact(
            'At stake',
            'a mapping is signed before anything is sent. If the coin is not spent, or was spent for',
          ),
          ...fact('', `${reference} after all, that bar can get two tokens.`),
          ...fact(
            '',
            'So every controller asks an own node which transaction spent the coin, sees that it is confirmed',
          ),
          ...fact('', `and issued the token to ${shown(other)}, and types its id here.`),
        ]),
      );
      let transaction = flags.get('transaction');
      if (transaction === undefined)
        transaction = await needTerminal(world, 'the transaction', '--transaction TXID').ask(
          'Id of the transaction that spent the coin: ',
        );
      transaction = transaction.replace(/\s/g, '').toLowerCase();
      const isId = /^[0-9a-f]{64}$/.test(transaction) && ![signed.coin.txid, assetId].includes(transaction);
      check(
        isId,
        'FIELD_INVALID',
        `transaction: expected the id of the one that spent the coin, got ${shown(transaction)}`,
      );
      await confirmText(
        world,
        `the reference of the bar to release`,
        '--confirm REFERENCE',
        flags.get('confirm'),
        reference,
      );
      await overrule(world, home, released(reference, signed.coin, other, mapping.digest, transaction), mapping);
      return { text: `${reference} is released from ${coin}.`, json: { reference, coin, other, transaction } };
    }),
};
