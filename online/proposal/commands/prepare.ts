/**
 * The coordinator's command: makes a request from bars, checks it against ledger and chain, and opens a
 * proposal.
 */

import type { Changes } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { blocksLeft } from '../../../shared/token-schedule.ts';
import type { GoneBars } from '../../ledger/gone-bars.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import type { ChainFacts, Facts } from '../facts/facts.ts';
import type { Wanted } from '../facts/question.ts';
import { goneBarsOfLedger, ledgerStateOrNull } from '../facts/read-facts.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import type { Trouble } from '../situation/trouble.ts';
import { explainTrouble } from '../texts/troubles.ts';

export interface Prepared {
  derivation: Derivation;
  blocksLeft: number;
  /** The facts from the node. */
  chain: ChainFacts;
  /**
   * Other bars with a reserved coin. A bar of the request that looks like one of them may be the same bar.
   */
  reserved: readonly string[];
  /** Bars that were removed from the mapping or renamed. */
  gone: GoneBars;
}

/** The facts on which a request can be based. */
export interface Ready {
  published: Published;
  state: LedgerState;
}

export interface PrepareOptions {
  wanted: Wanted;
  /** Largest age of the best block, in seconds. */
  maxTipAge: number;
  /** Shows the request to a person, and asks whether to open the proposal. */
  agree?: ((prepared: Prepared) => Promise<void>) | undefined;
}

/** Prints the troubles that a person should know, although they do not prevent a new request. */
function printTroubles({ progress }: Services, troubles: readonly Trouble[]): void {
  for (const trouble of troubles) {
    if (!['missing-adopted', 'unmapped', 'stray', 'older-proposal', 'behind'].includes(trouble.kind))
      continue;
    const { message, hint } = explainTrouble(trouble, null);
    progress(`${message}. ${hint}`);
  }
}

/** Refuses if every request of this kind would be refused. So a person does not type a request in vain. */
export async function checkReadyToPrepare(
  services: Services,
  kind: keyof Changes,
  maxTipAge: number,
): Promise<Ready> {
  const { facts, situation } = await runProposalLoop(services, { intent: 'prepare', kind, maxTipAge });
  const { current } = facts.store;
  const { state } = situation;
  if (current === null || current instanceof Refusal || state === null)
    throw new TypeError('ready without a mapping');
  return { published: current, state };
}

function preparedResult({ draft, chain: known, store }: Facts): Prepared {
  const [derivation, chain] = [draft as Derivation, known as ChainFacts];
  const own = new Set(derivation.issuances.map(({ reference }) => reference));
  const reserved = [...(ledgerStateOrNull(store)?.reservations.keys() ?? [])].filter(bar => !own.has(bar));
  return {
    derivation,
    blocksLeft: blocksLeft(chain.tip.height),
    chain,
    reserved,
    gone: goneBarsOfLedger(store),
  };
}

export async function prepareRequest(services: Services, options: PrepareOptions): Promise<Prepared> {
  const { wanted, maxTipAge, agree } = options;
  const { facts, situation } = await runProposalLoop(
    services,
    { intent: 'prepare', wanted, maxTipAge },
    agree && (asked => agree(preparedResult(asked))),
  );
  printTroubles(services, situation.troubles);
  return preparedResult(facts);
}
