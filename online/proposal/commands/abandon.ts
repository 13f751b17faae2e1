/**
 * The command abandon: closes the open proposal. Its coins stay reserved for its bars, unless a person
 * confirms that nobody signed.
 */
import { barsOfChanges, type Changes, kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Facts, SubjectFacts } from '../facts/facts.ts';
import { ledgerStateOrNull } from '../facts/read-facts.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';

export interface AbandonOptions {
  /** Digest of the request to abandon. Without it, the open proposal is abandoned. */
  request?: string | undefined;
  /** Largest age of the best block, in seconds. */
  maxTipAge: number;
  /** True if a person typed that nobody signed. The reservations of the proposal then end. */
  unsigned?: boolean;
  agree?: ((abandoned: Abandoned) => Promise<void>) | undefined;
}

export interface Abandoned {
  digest: string;
  references: readonly string[];
  /**
   * The kind of request. Null if the request is lost. `references` then has the bars with a coin in the
   * ledger's entry.
   */
  does: keyof Changes | null;
  /** Controllers whose signatures are in the store. Other controllers may have signed too. */
  signed: readonly number[];
}

function abandonedResult({ store, subject }: Facts): Abandoned {
  const { digest, request, stored } = subject as SubjectFacts;
  const signed = stored.map(({ controller }) => controller);
  if (request !== null && !(request instanceof Refusal))
    return { digest, references: barsOfChanges(request), does: kindOfChange(request), signed };
  const reserves = ledgerStateOrNull(store)?.proposals.get(digest)?.reserves ?? new Map<string, string>();
  return { digest, references: [...reserves.keys()], does: null, signed };
}

export async function abandonProposal(services: Services, options: AbandonOptions): Promise<Abandoned> {
  const { request, maxTipAge, unsigned = false, agree } = options;
  const asked = { intent: 'abandon', request, maxTipAge, unsigned } as const;
  const { facts } = await runProposalLoop(services, asked, agree && (found => agree(abandonedResult(found))));
  return abandonedResult(facts);
}
