/** Forbidden steps, checked independently of the code that plans steps. */
import * as assert from 'uvu/assert';
import { formatAmount } from '../../../../shared/amount.ts';
import type { Derivation } from '../../../../shared/derive.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { assetIdOf } from '../../../../shared/issuance.ts';
import { sumOfMasses } from '../../../../shared/redemption/mass-sums.ts';
import { periodOf, tokenAmount } from '../../../../shared/token-schedule.ts';
import { parseOutpoint } from '../../../ledger/policy-coin.ts';
import type { BurnFact, Evidence } from '../../facts/burns.ts';
import type { ChainFacts, Facts, TransactionFact } from '../../facts/facts.ts';
import { isMappingOfProposal } from '../../facts/proposal-transactions.ts';
import type { Question } from '../../facts/question.ts';
import { ledgerStateOrNull } from '../../facts/read-facts.ts';
import { depthOfTransaction, isTransactionSent } from '../../facts/transactions.ts';
import type { Step } from '../../plan/step-types.ts';
import { type Sample, trust } from './samples.ts';

type Of<D extends Step['do']> = Extract<Step, { do: D }>;

/** Default number of confirmations before a burn counts. */
const USUAL_DEPTH = 30;
/** Fine troy ounces that rounding may have added to a token. */
const ROUNDING = 0.011;

/**
 * Checks that every burn is on chain as requested, with enough confirmations, and that the remaining tokens
 * have bars.
 */
function checkBurns(derivation: Derivation, { evidence }: ChainFacts, needed: number, what: string): void {
  const { request, remapped, corrections } = derivation;
  const burns = request.redemptions.flatMap(({ height, burns: all }) =>
    all.map(burn => ({ ...burn, height })),
  );
  burns.forEach(({ token, amount, height }, i) => {
    const fact = evidence.burns[i];
    const found = fact && [fact.problem, fact.token, fact.amount && formatAmount(fact.amount)];
    assert.equal(found, [null, token, amount], `${what}: burn ${i} is not there`);
    assert.ok((fact?.depth ?? 0) >= needed, `${what}: burn ${i} is ${fact?.depth} deep, not ${needed}`);
    assert.is(periodOf(fact?.height ?? -1), periodOf(height), `${what}: burn ${i} is of another period`);
    const left = remapped.after.filter(entry => entry.token === token).map(({ mass }) => String(mass));
    const most = tokenAmount((Number(sumOfMasses(left)) + ROUNDING).toFixed(3), evidence.height);
    assert.ok((evidence.amounts?.get(token) ?? 0n) <= most, `${what}: more of a token is out than has bars`);
  });
  for (const { request: one, tokens } of corrections)
    if ('remove' in one)
      for (const token of tokens)
        assert.not.ok(evidence.amounts?.has(token), `${what}: a bar is taken out whose token is on chain`);
}

/** True if the burn has the token, amount and period of the request, or waits in the mempool. */
export function isBurnAsRequested(
  { derivation }: Sample,
  { txid, depth, token, amount, height }: BurnFact,
): boolean {
  if (depth === 0) return true;
  return derivation.request.redemptions.some(redemption =>
    redemption.burns.some(
      burn =>
        burn.txid === txid &&
        burn.token === token &&
        amount !== null &&
        burn.amount === formatAmount(amount) &&
        periodOf(height ?? -1) === periodOf(redemption.height),
    ),
  );
}

/** True if more of a token is on chain than its bars and unconfirmed burns explain. */
export function hasUnexplainedTokens({ derivation }: Sample, { evidence }: ChainFacts): boolean {
  const { redemptions } = derivation.request;
  return redemptions.some(({ burns }) =>
    burns.some(({ token }) => {
      const left = derivation.remapped.after.filter(one => one.token === token);
      const waiting = redemptions.flatMap(({ mass, burns: all }) =>
        all.some(one => one.token === token && isInNoBlock(evidence, one.txid)) ? [mass] : [],
      );
      const mass = sumOfMasses([...left.map(one => String(one.mass)), ...waiting]);
      const most = tokenAmount((Number(mass) + ROUNDING).toFixed(3), evidence.height);
      return (evidence.amounts?.get(token) ?? 0n) > most;
    }),
  );
}

const isInNoBlock = ({ burns }: Evidence, txid: string) =>
  burns.some(one => one.txid === txid && (one.depth ?? 0) === 0);

/** True if `map.json` is another tool's mapping that no entry names. */
function isMapReplaced({ store: { map, ...store } }: Facts, { derivation }: Sample): boolean {
  return (
    map !== null &&
    !(map instanceof Refusal) &&
    !ledgerStateOrNull(store)?.mappings.includes(map.mapping.digest) &&
    map.mapping.digest !== derivation.mapping.digest
  );
}

function checkSend(sample: Sample, step: Of<'send'>, facts: Facts, what: string): void {
  const chain = facts.chain as ChainFacts;
  const status = ledgerStateOrNull(facts.store)?.proposals.get(sample.digest)?.status;
  if (sample.derivation.request.redemptions.length > 0) {
    // The holder's own transactions may be sent without a decision.
    const { burns } = chain.evidence;
    const lost = burns.filter(({ depth }) => depth === null);
    const isWaiting = burns.some(({ depth }) => depth === 0) && facts.memory.sentAt !== null;
    assert.ok(lost.length > 0 || isWaiting, `${what}: sends burns that are neither lost nor waiting`);
    const sent = step.transactions.map(({ key }) => key);
    assert.ok(
      lost.every(({ txid }) => sent.includes(txid)),
      `${what}: a lost burn is not sent`,
    );
    return;
  }
  assert.ok(status === 'sent' || status === 'published', `${what}: sends what is ${status}`);
  assert.not.ok(
    chain.transactions.some(
      ({ issuance, spender }) =>
        spender?.is === 'other' &&
        status === 'sent' &&
        step.transactions.some(({ key }) => key === issuance.assetId),
    ),
    what,
  );
  assert.not.ok(
    isMapReplaced(facts, sample) && status === 'sent',
    `${what}: sends on a mapping that was replaced`,
  );
  if (chain.transactions.some(isTransactionSent) || status !== 'sent') return;
  assert.is(periodOf(chain.tip.height), periodOf(3310), `${what}: sends in another period`);
  assert.ok(
    chain.transactions.every(one => one.state === 'unspent'),
    `${what}: a coin is spent`,
  );
}

function checkDecision(
  sample: Sample,
  step: Of<'decide-to-send'>,
  facts: Facts,
  needed: number,
  what: string,
): void {
  const chain = facts.chain as ChainFacts;
  assert.ok(step.controllers.length === trust.n, what);
  const stored = facts.subject?.stored.map(s => s.controller) ?? [];
  assert.ok(
    step.controllers.every(c => stored.includes(c)),
    `${what}: signatures are not in the store`,
  );
  if (chain.transactions.length > 0 && !chain.transactions.some(isTransactionSent))
    assert.is(periodOf(chain.tip.height), periodOf(3310), `${what}: decides in another period`);
  assert.not.ok(isMapReplaced(facts, sample), what);
  checkBurns(sample.derivation, chain, needed, what);
}

function checkAbandon(sample: Sample, step: Of<'abandon'>, facts: Facts, what: string): void {
  const chain = facts.chain as ChainFacts;
  const { map } = facts.store;
  const state = ledgerStateOrNull(facts.store);
  const known = state?.proposals.get(sample.digest);
  // If `map.json` is the proposal's mapping or a mapping of the ledger, it may be replaced. Any other mapping
  // must be kept for `map adopt`.
  const isOther =
    map !== null &&
    !(map instanceof Refusal) &&
    !isMappingOfProposal(facts.subject, map.mapping.digest) &&
    !state?.mappings.includes(map.mapping.digest);
  const isIn = ({ issuance }: TransactionFact) =>
    isOther && map.mapping.contained(new Set([issuance.assetId]), 'assetId').size > 0;
  const there = chain.transactions.filter(isTransactionSent);
  assert.is(there.filter(one => !isIn(one)).length, 0, `${what}: something of it is on chain`);
  const isElsewhere = (coin: string) =>
    isOther && map.mapping.contained(new Set([assetIdOf(parseOutpoint(coin))]), 'assetId').size > 0;
  assert.is(chain.spent.filter(coin => !isElsewhere(coin)).length, 0, `${what}: a coin of it is spent`);
  if (step.unsigned) assert.is(facts.subject?.stored.length, 0, `${what}: it is signed`);
  if (known?.status === 'sent' && known.reserves.size > 0)
    assert.ok(chain.tip.height >= 3360, `${what}: in its period`);
}

export function checkStep(sample: Sample, step: Step, facts: Facts, question: Question, what: string): void {
  const chain = facts.chain as ChainFacts;
  const needed = question.confirmations ?? USUAL_DEPTH;
  switch (step.do) {
    case 'propose':
      checkBurns(step.derivation, chain, 1, what);
      break;
    case 'send':
      checkSend(sample, step, facts, what);
      break;
    case 'decide-to-send':
      checkDecision(sample, step, facts, needed, what);
      break;
    case 'publish':
      assert.ok(
        chain.transactions.every(one => depthOfTransaction(one) >= 1),
        `${what}: not confirmed`,
      );
      if (chain.transactions.length > 0) assert.is(chain.tokens?.wrong.length, 0, `${what}: wrong tokens`);
      assert.not.ok(isMapReplaced(facts, sample), `${what}: over another mapping`);
      checkBurns(sample.derivation, chain, needed, what);
      break;
    case 'abandon':
      checkAbandon(sample, step, facts, what);
      break;
    default:
  }
}
