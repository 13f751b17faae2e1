/** Computes which objects for older tools differ from the ledger, and which content they must have. Pure. */
import { utf8 } from '../../shared/bytes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { reviewCode } from '../../shared/review-code.ts';
import type { Signatures } from '../../shared/signatures.ts';
import type { Trust } from '../../shared/trust.ts';
import { currentNameOfBar } from '../ledger/gone-bars.ts';
import type { LedgerState } from '../ledger/ledger-state.ts';
import { JSON_TYPE, keys } from '../ledger/object-keys.ts';
import type { PolicyCoin } from '../ledger/policy-coin.ts';
import { nativeSha256 } from '../ledger/stored-mappings.ts';
import { coinsFileBytes, parseCoins } from '../legacy/coins-file.ts';
import { olderMappingFile, olderTransactionsFile } from '../legacy/older-files.ts';
import { isUsableByOlderScripts } from '../legacy/older-proposal.ts';
import { barsFileBytes, parseBarsFile, renameOrRemoveBars } from '../legacy/redeemable-bars.ts';
import type { StoreFacts, SubjectFacts } from './facts/facts.ts';
import type { Question } from './facts/question.ts';
import { ledgerStateOrNull } from './facts/read-facts.ts';

export interface Projection {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly publicRead?: boolean;
}

/**
 * Text that is not valid JSON, so that the older scripts fail before they sign or send. The text explains the
 * reason.
 */
export function closedProposalBytes(request: string | null): Uint8Array {
  const which = request === null ? 'No proposal is open' : `The proposal ${reviewCode(request)} is closed`;
  return utf8(`${which}: there is nothing here to sign or to send. countersign status shows what is open.\n`);
}

/** The older script that confirms issuances stops at this text. */
const NOTHING_TO_SEND = utf8(
  'The open proposal has no transactions: it changes the mapping only. There is nothing here to sign or to send.\n',
);

function areSameBytes(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && Buffer.from(a).equals(b);
}

function hasSameCoins(bytes: Uint8Array, coins: readonly PolicyCoin[]): boolean {
  if (areSameBytes(bytes, coinsFileBytes(coins))) return true;
  try {
    const listed = parseCoins(bytes, keys.coins);
    return Buffer.from(coinsFileBytes(listed)).equals(coinsFileBytes(coins));
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function coinsProjection({ coinsFile }: StoreFacts, { coins }: LedgerState): Projection[] {
  const isRight = coinsFile === null ? coins.length === 0 : hasSameCoins(coinsFile, coins);
  return isRight ? [] : [{ key: keys.coins, bytes: coinsFileBytes(coins), contentType: 'text/plain' }];
}

/**
 * `map.json`, if it has to be written. Another tool's mapping is not replaced, because people decide whether
 * to adopt it.
 */
function mapProjection({ map, current }: StoreFacts, state: LedgerState): Projection[] {
  if (current === null || current instanceof Refusal) return [];
  if (map !== null && !(map instanceof Refusal)) {
    const { digest } = map.mapping;
    if (digest === state.mapping || !state.mappings.includes(digest)) return [];
  }
  return [{ key: keys.mapping, bytes: current.bytes, contentType: JSON_TYPE, publicRead: true }];
}

/**
 * Removes redeemed bars from the list of redeemable bars, and renames corrected bars in it. A bar that
 * returned to the mapping stays as the custodian listed it.
 */
function redeemableProjection({ redeemable, current }: StoreFacts, { gone }: LedgerState): Projection[] {
  if (redeemable === null || current === null || current instanceof Refusal) return [];
  const names = [...gone].flatMap(([reference, { now }]) => [reference, ...(now === null ? [] : [now])]);
  const mapped = current.mapping.contained(new Set(names));
  try {
    const bars = parseBarsFile(redeemable, keys.redeemable);
    const since = renameOrRemoveBars(bars, reference =>
      gone.has(reference) ? currentNameOfBar(gone, reference, name => mapped.has(name)) : reference,
    );
    if (since === bars) return [];
    return [{ key: keys.redeemable, bytes: barsFileBytes(since), contentType: JSON_TYPE, publicRead: true }];
  } catch (error) {
    if (error instanceof Refusal) return []; // The command `redeem list` reports this refusal.
    throw error;
  }
}

function closedProposalProjections(request: string | null): Projection[] {
  const bytes = closedProposalBytes(request);
  const both = [keys.olderMapping, keys.olderTransactions];
  return both.map(key => ({ key, bytes, contentType: 'text/plain' }));
}

/**
 * Digest of the last proposal that is not open any more; null if there is none. The `ps1_` objects may still
 * have this proposal.
 */
function lastClosedProposalDigest(state: LedgerState): string | null {
  return (
    [...state.proposals.values()].filter(({ status }) => status !== 'open' && status !== 'sent').at(-1)
      ?.request ?? null
  );
}

const made = new WeakMap<readonly Signatures[], Projection[]>();

/**
 * The `ps1_` objects of the open proposal with these signatures. They are cached, because a command that
 * waits needs them in each round.
 */
function partlySignedProjections(
  derivation: Derivation,
  stored: readonly Signatures[],
  trust: Trust,
): Projection[] {
  const before = made.get(stored);
  if (before) return before;
  const issues = derivation.issuances.length > 0;
  const both: Projection[] = [
    { key: keys.olderMapping, bytes: olderMappingFile(derivation, stored), contentType: JSON_TYPE },
    issues
      ? {
          key: keys.olderTransactions,
          bytes: olderTransactionsFile(derivation, stored, trust),
          contentType: JSON_TYPE,
        }
      : { key: keys.olderTransactions, bytes: NOTHING_TO_SEND, contentType: 'text/plain' },
  ];
  made.set(stored, both);
  return both;
}

const digests = new WeakMap<Uint8Array, string | null>();

/**
 * The digest of the mapping in these bytes; null if they are not a mapping. It is cached, because a command
 * that waits needs it in each round, and it takes long to parse a large mapping.
 */
function mappingDigestOrNull(bytes: Uint8Array): string | null {
  const before = digests.get(bytes);
  if (before !== undefined) return before;
  let digest: string | null = null;
  try {
    digest = parseMapping(bytes, keys.olderMapping, nativeSha256).digest;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  digests.set(bytes, digest);
  return digest;
}

/** True if the `ps1_` objects have this proposal, with any signatures. */
function wouldOlderToolsFindProposal(
  { older, olderMapping, olderTransactions }: StoreFacts,
  { request, mapping }: Derivation,
): boolean {
  if (request.issuances.length > 0)
    return older.is === 'ours' && older.request === request.digest && older.mapping === mapping.digest;
  // For a request without transactions, `ps1_tx.json` has a text that says so.
  return (
    olderMapping !== null &&
    areSameBytes(olderTransactions, NOTHING_TO_SEND) &&
    isUsableByOlderScripts(olderMapping) &&
    mappingDigestOrNull(olderMapping) === mapping.digest
  );
}

/**
 * The `ps1_` objects that have to be written: the open proposal with its signatures so far, or a text at
 * which the older scripts stop. An older tool must not finish any other proposal.
 */
function olderProjections(
  store: StoreFacts,
  state: LedgerState,
  subject: SubjectFacts | null,
  trust: Trust,
  { intent, overOlder = false }: Asked,
): Projection[] {
  const { older, olderMapping, olderTransactions: transactions } = store;
  if (older.is === 'foreign' && !overOlder) return [];
  const { open } = state;
  const isUsed = isUsableByOlderScripts(olderMapping) || isUsableByOlderScripts(transactions);
  if (!open) return isUsed ? closedProposalProjections(lastClosedProposalDigest(state)) : [];
  if (subject?.digest !== open.request || subject.derivation instanceof Refusal) return [];
  const isOurs = wouldOlderToolsFindProposal(store, subject.derivation);
  if (subject.stored.length === 0)
    return isUsed && !isOurs ? closedProposalProjections(lastClosedProposalDigest(state)) : [];
  // If enough controllers signed, Countersign finishes the proposal, so the objects need not have the newest
  // signatures.
  if (intent !== 'submit' && isOurs && subject.stored.length >= trust.n) return [];
  const right = partlySignedProjections(subject.derivation, subject.stored, trust);
  const there = [olderMapping, transactions];
  return right.filter(({ bytes }, i) => !areSameBytes(there[i] ?? null, bytes));
}

type Asked = Pick<Question, 'intent' | 'overOlder'>;

/** Objects that differ from the ledger, with their required content. */
export function outdatedProjections(
  store: StoreFacts,
  subject: SubjectFacts | null,
  trust: Trust,
  asked: Asked,
): Projection[] {
  const state = ledgerStateOrNull(store);
  if (state === null) return [];
  return [
    ...mapProjection(store, state),
    ...coinsProjection(store, state),
    ...redeemableProjection(store, state),
    ...olderProjections(store, state, subject, trust, asked),
  ];
}
