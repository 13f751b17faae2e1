/** Data of a key ceremony from profile, ledger and chain. Never writes to the store. */
import { bytesToHex } from '../../../shared/bytes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Tip } from '../../node/answer-types.ts';
import { valueOrNodeRefusal } from '../../proposal/facts/chain-facts.ts';
import { runProposalLoop } from '../../proposal/proposal-loop.ts';
import type { Services } from '../../proposal/services.ts';
import { explainTrouble } from '../../proposal/texts/troubles.ts';

export interface CeremonyRecord {
  publicKeys: string[];
  /** Digest of the mapping with which the ledger began; null if the ledger is missing or cannot be read. */
  mapping: string | null;
  /** Number of policy coins in the ledger's list; null if the ledger is missing or cannot be read. */
  coins: number | null;
  /** Hash of the chain's first block; null if the node does not report it. */
  firstBlock: string | null;
  tip: Tip | null;
  notes: string[];
}

export async function readCeremonyRecord(services: Services): Promise<CeremonyRecord> {
  const { trust, node } = services;
  const [{ situation, facts }, tip, first] = await Promise.all([
    runProposalLoop(services, { intent: 'look' }),
    valueOrNodeRefusal(node.tip()),
    valueOrNodeRefusal(node.blockHashes([0])),
  ]);
  const { state, stage, troubles } = situation;
  const notes = troubles.map(trouble => explainTrouble(trouble, null).message);
  if (stage.kind === 'not-begun')
    notes.push('The store has no ledger yet. `countersign map init` creates the ledger.');
  if (stage.kind === 'unreadable') notes.push(stage.refusal.message);
  if (tip instanceof Refusal && !(facts.chain instanceof Refusal)) notes.push(tip.message);
  return {
    publicKeys: trust.pubkeys.map(bytesToHex),
    mapping: state?.mappings[0] ?? null,
    coins: state?.coins.length ?? null,
    firstBlock: first instanceof Refusal ? null : (first[0] ?? null),
    tip: tip instanceof Refusal ? null : tip,
    notes,
  };
}
