/**
 * The command release. It releases a bar from a coin that was spent for another bar, or burnt outputs from a redemption
 * that was never published.
 */

import { outpointText } from '../../shared/changes.ts';
import { checkThat, Refusal, valueText } from '../../shared/errors.ts';
import { assetIdOf } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import type { Args, Command } from '../args.ts';
import { checkBaseMapping, readMappingFile, readStoredMapping } from '../base-mapping.ts';
import {
  burntOutputsOf,
  checkRedemptionUnpublished,
  currentBarName,
  redemptionsWithBoundBurns,
} from '../burn-release.ts';
import { confirmText, requireTerminal } from '../confirmations.ts';
import {
  burnReleaseEntry,
  checkBaseAge,
  coinReleaseEntry,
  compareWithNewest,
  type Memory,
  type Signed,
  type SignedCoin,
  seenEntry,
} from '../memory.ts';
import { showInPages } from '../paged-text.ts';
import { askUpToThreeTimes, type Question, showLineIf, wrongAnswerText } from '../questions.ts';
import { screenWithoutCode, shownReference } from '../screen/screen-parts.ts';
import { countText, dayText, listText } from '../text-layout.ts';
import type { World } from '../world.ts';
import { overruleCommand } from './overrule-memory.ts';

/** A mapping with valid signatures. `named` describes it, such as `DIGEST signed by controllers 1 and 3`. */
interface ShownMapping {
  mapping: Mapping;
  named: string;
}

export const COIN_RISK =
  'A mapping is signed before its transactions are sent. So the mapping does not show which transaction spent the policy coin. If the coin is unspent, or was spent for this bar, the bar can get two tokens. Every controller must ask their node which transaction spent the coin. This transaction must be confirmed, and must have issued the token of the other bar. Type its id below.';
export const BURNS_RISK =
  'The signatures of the older redemption exist. If its mapping was published, or is published later, the vault can release two bars for the same burns. Every controller must run countersign status on their PC. The older redemption must be abandoned, and the newer mapping must be published. The vault must act only on the newest mapping.';

const confirmBar = (world: World, { flags }: Args, bar: string) =>
  confirmText(world, 'the reference of the bar', '--confirm REFERENCE', flags.get('confirm'), bar);

/** @throws Refusal FIELD_INVALID, NOT_CONFIRMED, NOT_A_TERMINAL */
async function askSpendingTransaction(
  world: World,
  given: string | undefined,
  isOther: (id: string) => boolean,
): Promise<string> {
  const idOf = (typed: string) => typed.replace(/\s/g, '').toLowerCase();
  if (given !== undefined) {
    const expected = `transaction: expected the id of the transaction that spent the policy coin, got ${valueText(given)}`;
    checkThat(isOther(idOf(given)), 'FIELD_INVALID', expected);
    return idOf(given);
  }
  const question: Question = {
    text: 'Id of the transaction that spent the policy coin: ',
    wanted: 'Type the 64 digits (0 to 9, a to f) that your node shows for this transaction.',
    wrong: 'This is not the id of a transaction that spent the policy coin.',
    shows: showLineIf(line => /^[0-9a-f]{0,64}$/i.test(idOf(line))),
  };
  const terminal = requireTerminal(world, 'the transaction id', '--transaction TXID');
  const typed = await askUpToThreeTimes(terminal, question, typed => isOther(idOf(typed)));
  checkThat(typed !== null, 'NOT_CONFIRMED', wrongAnswerText('the transaction id'));
  return idOf(typed);
}

async function confirmCoinRelease(
  world: World,
  args: Args,
  bar: string,
  signed: SignedCoin,
  { mapping, named }: ShownMapping,
) {
  const [coin, assetId] = [outpointText(signed.coin), assetIdOf(signed.coin)];
  const other = mapping.holderOf(assetId) ?? '';
  const bound = `${coin}: expected another bar than ${bar} for its token ${assetId} in the mapping`;
  checkThat(other && other !== bar, 'DOUBLE_ISSUE', `${bound}, got ${other || 'none'}`);
  const facts = {
    Bar: `${bar}, signed here on ${dayText(signed.at)} in the request ${signed.reviewCode}`,
    'Policy coin': coin,
    Token: assetId,
    'Other bar': `${valueText(other)} has this token in the mapping ${named}`,
    Risk: COIN_RISK,
  };
  await showInPages(world, screenWithoutCode('RELEASE of a bar from its policy coin', facts));
  const isOther = (id: string) => /^[0-9a-f]{64}$/.test(id) && ![signed.coin.txid, assetId].includes(id);
  const transaction = await askSpendingTransaction(world, args.flags.get('transaction'), isOther);
  await confirmBar(world, args, bar);
  const entries = [coinReleaseEntry(bar, signed.coin, other, mapping.digest, transaction)];
  return {
    entries,
    mapping,
    text: `${bar} is released from policy coin ${coin}.`,
    json: { bar, coin, other, transaction },
  };
}

/**
 * The counted redemptions that pass {@link checkRedemptionUnpublished}.
 * @throws Refusal for the last redemption, if no redemption passes
 */
function findReleasableRedemptions(
  world: World,
  bar: string,
  { newest }: Memory,
  mapping: Mapping,
  counted: Signed[],
): Signed[] {
  const built = newest && readStoredMapping(world, newest.mapping);
  let refused: unknown;
  const free = counted.filter(one => {
    try {
      checkRedemptionUnpublished(one, bar, mapping, built);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error;
      return false;
    }
  });
  if (free.length === 0) throw refused;
  return free;
}

async function confirmBurnRelease(
  world: World,
  args: Args,
  bar: string,
  memory: Memory,
  counted: Signed[],
  { mapping, named }: ShownMapping,
) {
  const free = findReleasableRedemptions(world, bar, memory, mapping, counted);
  const outputs = [...new Set(free.flatMap(one => burntOutputsOf(one, bar)))];
  const name = currentBarName(free.at(-1) as Signed, bar, mapping) as string;
  const facts = {
    Bar: shownReference(bar),
    Redemption: free
      .map(({ request, at }) => `request ${request.reviewCode}, signed here on ${dayText(at)}`)
      .join('; '),
    Burns: outputs,
    'Newer mapping': `${named}, height ${mapping.height}. The bar is ${name === bar ? 'unchanged' : `now ${shownReference(name)}`}.`,
    Risk: BURNS_RISK,
  };
  await showInPages(world, screenWithoutCode('RELEASE of burns from a redemption', facts));
  await confirmBar(world, args, bar);
  const requests = [...new Set(free.map(({ request }) => request.digest))];
  const entries = [
    // After this entry the signer refuses requests on older mappings, and therefore also the old redemption.
    ...(compareWithNewest(mapping, memory.newest) === 1 ? [seenEntry(mapping)] : []),
    burnReleaseEntry(bar, requests, mapping.digest),
  ];
  const text = `Released ${countText(outputs.length, 'burn')} of ${shownReference(bar)}. Each burn may be counted once for another bar.`;
  return { entries, mapping, text, json: { bar, mapping: mapping.digest, requests, outputs } };
}

export const release: Command = {
  operands: ['REFERENCE'],
  flags: { mapping: 'FILE', transaction: 'TXID', confirm: 'REFERENCE' },
  help: `Releases a bar that was signed here (rule 8), in one of two cases:
  Its policy coin was spent for another bar. The bar is released from the coin.
  Its redemption was never published, and a newer published mapping still has the bar. The burns are released.

  --mapping FILE       the published map.json. Without this flag, the signer uses its copy of the newest
                       mapping that it has built on
  --transaction TXID   for scripts: the id of the transaction that spent the policy coin
  --confirm REFERENCE  for scripts: the reference of the bar, again
At a terminal, a person types the transaction id and the reference.`,
  example: '500001-2021-ACME --mapping /media/usb/map.json',
  run: overruleCommand(async (world, { memory }, trust, args) => {
    const [bar = ''] = args.operands;
    const { flags } = args;
    const signed = memory.coins.get(bar);
    const counted = redemptionsWithBoundBurns(bar, memory);
    const here = `${valueText(bar)}: expected a bar that this signer signed and did not release`;
    checkThat(signed || counted.length > 0, 'FIELD_INVALID', here);
    const file = flags.get('mapping');
    const mapping = file
      ? readMappingFile(world, file)
      : memory.newest && readStoredMapping(world, memory.newest.mapping);
    checkThat(
      mapping,
      'BASE_NEEDED',
      'this signer has no copy of a mapping',
      'Give the published mapping with --mapping FILE.',
    );
    const signers = checkBaseMapping(mapping, trust, memory);
    checkBaseAge(mapping, memory);
    const shownAs = { mapping, named: `${mapping.digest} signed by controllers ${listText(signers)}` };
    // If the bar can be released from its coin, and its burns can be released too, the burns are released. Only a
    // script can choose the coin, with `--transaction`.
    if (!signed || (counted.length > 0 && !flags.has('transaction')))
      return await confirmBurnRelease(world, args, bar, memory, counted, shownAs);
    return await confirmCoinRelease(world, args, bar, signed, shownAs);
  }),
};
