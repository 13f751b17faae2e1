/** Every kind of ledger that can contain the sample's proposal. */
import { Refusal } from '../../../../shared/errors.ts';
import type { LedgerEvent } from '../../../ledger/ledger-event.ts';
import { applyEvent, type LedgerState } from '../../../ledger/ledger-state.ts';
import { whyEventIllegal } from '../../../ledger/legality.ts';
import { outpointText, type PolicyCoin } from '../../../ledger/policy-coin.ts';
import { base, FOREIGN, ISSUANCES, idFromNumber, type Sample, trust } from './samples.ts';

/** Digest of another request. */
export const OTHER = idFromNumber(0xb);
const extra: PolicyCoin = { txid: idFromNumber(0xabc), vout: 0, amount: 5n };
/**
 * The list of coins is the same in each ledger. It has a coin for each bar of a sample, because a bar without
 * a coin cannot be proposed.
 */
const coins: LedgerEvent = { event: 'coins', coins: [...ISSUANCES.coins, extra] };
const EARLY = idFromNumber(1);
const beginEvent = (mapping: string): LedgerEvent => ({ event: 'begin', mapping, trust: trust.digest });
const adoptEvent = (mapping: string): LedgerEvent => ({ event: 'adopt', mapping, settled: [] });
const { height } = ISSUANCES.derivation.request;
const proposeEvent = (request: string, on: string, reserves: Record<string, string> = {}): LedgerEvent => ({
  ...{ event: 'propose', request, base: on, height, reserves },
});
const other = proposeEvent(OTHER, base.digest, { 'bar-2020-X': outpointText(extra) });
const sendEvent = (request: string): LedgerEvent => ({ event: 'send', request, controllers: [1, 2] });

function foldEvents(...events: LedgerEvent[]): LedgerState {
  let state: LedgerState | null = null;
  for (const [i, event] of events.entries()) {
    const reason = whyEventIllegal(state, event);
    if (reason) throw new Error(`entry ${i}: ${reason.kind}`);
    state = applyEvent(state, event, i);
  }
  return state as LedgerState;
}

export type NamedLedger = readonly [name: string, ledger: LedgerState | Refusal | null];

export function namedLedgersOf({ derivation, digest, coins: own, publish }: Sample): NamedLedger[] {
  const bars = derivation.issuances.map(({ reference }, i) => [
    reference,
    outpointText(own[i] as PolicyCoin),
  ]);
  const proposed = proposeEvent(digest, base.digest, Object.fromEntries(bars));
  const abandon = (unsigned = false): LedgerEvent => ({ event: 'abandon', request: digest, unsigned });
  const begun = [beginEvent(EARLY), adoptEvent(base.digest), coins];
  return [
    ['forked', new Refusal('LEDGER_FORKED', 'forked')],
    ['damaged', new Refusal('OBJECT_INVALID', 'damaged')],
    ['empty', null],
    ['begun', foldEvents(beginEvent(base.digest))],
    ['with coins', foldEvents(...begun)],
    ['open', foldEvents(...begun, proposed)],
    ['sent', foldEvents(...begun, proposed, sendEvent(digest))],
    ['abandoned', foldEvents(...begun, proposed, abandon())],
    ['abandoned unsigned', foldEvents(...begun, proposed, abandon(true))],
    ['abandoned, another open', foldEvents(...begun, proposed, abandon(), other)],
    ['abandoned, another sent', foldEvents(...begun, proposed, abandon(), other, sendEvent(OTHER))],
    ['superseded', foldEvents(...begun, proposed, adoptEvent(FOREIGN.mapping.digest))],
    ['published', foldEvents(...begun, proposed, sendEvent(digest), publish)],
    ...ledgerWithCountedBurn(publish, proposed, sendEvent(digest)),
  ];
}

/** A ledger in which another request counted the first burn before the sample was proposed. */
function ledgerWithCountedBurn(
  publish: LedgerEvent,
  proposed: LedgerEvent,
  sent: LedgerEvent,
): NamedLedger[] {
  const burns = publish.event === 'publish' ? Object.entries(publish.burns ?? {}) : [];
  if (burns.length === 0) return [];
  const counted: LedgerEvent = {
    ...{ event: 'publish', request: OTHER, mapping: base.digest, transactions: {} },
    burns: Object.fromEntries(burns.slice(0, 1)),
  };
  const begun = [beginEvent(EARLY), coins, proposeEvent(OTHER, EARLY), counted];
  return [
    ['counted before', foldEvents(...begun)],
    ['counted before, open', foldEvents(...begun, proposed)],
    ['counted before, sent', foldEvents(...begun, proposed, sent)],
  ];
}
