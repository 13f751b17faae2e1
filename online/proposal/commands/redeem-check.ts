/** The command redeem check: all checks of a redemption without opening a proposal. Writes nothing. */
import { p2pkhAddress } from '../../../shared/address.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { blocksLeft } from '../../../shared/token-schedule.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import type { Known } from '../../node/chain-node.ts';
import type { DraftRefused } from '../draft/draft-refusals.ts';
import { isDraftRefused, makeDraft } from '../draft/make-draft.ts';
import { readRedemptionTransaction } from '../draft/redemption-transaction.ts';
import {
  type BurnFact,
  type BurnProblem,
  burnProblem,
  earlierCountProblem,
  ONE_CONFIRMATION,
  outputName,
  readEvidence,
} from '../facts/burns.ts';
import type { ChainFacts, Facts } from '../facts/facts.ts';
import type { NewRedemption } from '../facts/question.ts';
import { ledgerRefusal, MAP_TROUBLES, troubleRefusal } from '../plan/common-refusals.ts';
import { findEvidenceProblem } from '../plan/evidence.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import { MAKE_AGAIN } from '../texts/given-files.ts';
import { RefusedError } from '../texts/refused-error.ts';

export interface CheckedBurn {
  fact: BurnFact;
  problem: RefusedError | null;
}

export interface Checked {
  /** The request that `prepare` would make, and its result. Null if no request can be made. */
  derivation: Derivation | null;
  chain: ChainFacts;
  burns: readonly CheckedBurn[];
  /** The first problem; null if the redemption can be prepared. */
  problem: RefusedError | null;
}

interface CheckBasis {
  state: LedgerState;
  current: Published;
  facts: Facts;
  chain: ChainFacts;
}

/** @throws RefusedError if the ledger or the node prevents the checks */
async function readCheckBasis(services: Services, maxTipAge: number): Promise<CheckBasis> {
  const { facts, situation } = await runProposalLoop(services, { intent: 'look', maxTipAge });
  const { name } = services.store;
  const refused = ledgerRefusal(situation, name) ?? troubleRefusal(situation, 'node', ...MAP_TROUBLES, 'tip');
  if (refused) throw new RefusedError(refused);
  const { current } = facts.store;
  const { state } = situation;
  const { chain } = facts;
  if (
    state === null ||
    current === null ||
    current instanceof Refusal ||
    chain === null ||
    chain instanceof Refusal
  )
    throw new TypeError('a mapping that is current, and none');
  return { state, current, facts, chain };
}

/** @param height height of the request that would be made */
function draftOfRedemption(
  services: Services,
  { state, current, facts }: CheckBasis,
  redemption: NewRedemption,
  burns: readonly BurnFact[],
  height: number,
): Derivation | DraftRefused {
  const { older, displaced } = facts.store;
  const { trust, world } = services;
  const from = { state, current, older, displaced, burns, height, now: world.now(), trust };
  return makeDraft({ redemptions: [redemption] }, from);
}

export interface CheckOptions {
  maxTipAge: number;
  /** Confirmations that each burn needs; undefined for as many as `prepare` needs. */
  confirmations: number | undefined;
}

export async function runRedeemCheck(
  services: Services,
  redemption: NewRedemption,
  { maxTipAge, confirmations = ONE_CONFIRMATION }: CheckOptions,
): Promise<Checked> {
  const basis = await readCheckBasis(services, maxTipAge);
  const evidence = await readEvidence(services.node, redemption.burns, false);
  const chain = { ...basis.chain, evidence };
  const { reference } = redemption;
  const burns = evidence.burns.map((fact): CheckedBurn => {
    const output = outputName(fact);
    const problem: BurnProblem['problem'] | null =
      earlierCountProblem(basis.state, output) ?? burnProblem(fact, confirmations);
    return { fact, problem: problem && new RefusedError({ kind: 'burn', reference, output, problem }) };
  });
  const first = burns.find(({ problem }) => problem !== null)?.problem ?? null;
  const draft = draftOfRedemption(services, basis, redemption, evidence.burns, chain.tip.height);
  if (isDraftRefused(draft)) {
    // If the bar is unknown, this error is reported first, because no burn can count without a bar.
    const problem = draft.kind === 'bar-unknown' ? null : first;
    return { derivation: null, chain, burns, problem: problem ?? new RefusedError(draft) };
  }
  const wrong = findEvidenceProblem(draft, chain, basis.state, confirmations);
  return { derivation: draft, chain, burns, problem: first ?? (wrong && new RefusedError(wrong)) };
}

export interface UnsentOutput {
  fact: BurnFact;
  address: string;
  /** Null if this node has no freezelist. */
  freezelist: boolean | null;
  burnlist: boolean | null;
}

export interface CheckedUnsent {
  derivation: Derivation | null;
  txid: string;
  outputs: readonly UnsentOutput[];
  /**
   * Height of the earliest block that could include the transaction. The checks used the period of this
   * block.
   */
  height: number;
  /** Number of blocks from the block at `height` to the last block of its period, counting both. */
  blocksLeft: number;
  /** The transaction's state on the node; null if the node does not have the transaction. */
  known: Known;
  problem: Refusal | null;
}

/**
 * The hint says that the holder can make another transaction, unless the node has this one or the bar is
 * unknown.
 */
function unsentTransactionRefusal(data: DraftRefused, what: string, known: Known): Refusal {
  const { code, message, hint } = new RefusedError(data);
  const isInput = data.kind === 'bar-unknown' || known !== null;
  return new Refusal(code, `${what}: ${message}`, isInput ? hint : MAKE_AGAIN);
}

/**
 * @param what name of the transaction in messages
 * @throws Refusal FORMAT_INVALID, BURN_INVALID
 */
export async function checkUnsentTransaction(
  services: Services,
  reference: string,
  hex: string,
  what: string,
  maxTipAge: number,
): Promise<CheckedUnsent> {
  const { node, trust } = services;
  const basis = await readCheckBasis(services, maxTipAge);
  const height = basis.chain.tip.height + 1;
  const { txid, frozen, keyHashes } = readRedemptionTransaction(hex, height, what);
  const addresses = keyHashes.map(hash => p2pkhAddress(trust.network, hash));
  const [freezelist, burnlist, [known = null]] = await Promise.all([
    node.policyListed('freezelist', addresses),
    node.policyListed('burnlist', addresses),
    node.transaction([txid]),
  ]);
  const on = (list: boolean[] | 'off', i: number) => (list === 'off' ? null : (list[i] ?? false));
  const outputs = frozen.map((fact, i) => ({
    ...{ fact, address: addresses[i] as string },
    ...{ freezelist: on(freezelist, i), burnlist: on(burnlist, i) },
  }));
  const burns = frozen.map(({ txid, vout }) => ({ txid, vout }));
  const draft = draftOfRedemption(services, basis, { reference, burns }, frozen, height);
  const problem = isDraftRefused(draft) ? unsentTransactionRefusal(draft, what, known) : null;
  const derivation = isDraftRefused(draft) ? null : draft;
  return { derivation, txid, outputs, height, blocksLeft: blocksLeft(height), known, problem };
}
