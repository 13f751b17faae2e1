/** Abandons the open proposal. Its coins stay reserved for its bars, unless a person says that nobody signed it. */
import { barsOf, type Changes, kindOf } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Facts, SubjectFacts } from '../facts/facts.ts';
import { stateOf } from '../facts/read.ts';
import { run } from '../run.ts';
import type { Services } from '../services.ts';

export interface AbandonOptions {
  /** Digest, to name the one that is meant. */
  request?: string | undefined;
  /** Seconds that the best block may be old. */
  maxTipAge: number;
  /** A person typed that nobody signed it: its reservations end. */
  unsigned?: boolean;
  agree?: ((abandoned: Abandoned) => Promise<void>) | undefined;
}

export interface Abandoned {
  digest: string;
  references: readonly string[];
  /** Null where the request is gone: then the bars are those that the ledger names. */
  does: keyof Changes | null;
  /** Controllers whose signatures are in the store; others may have signed. */
  signed: readonly number[];
}

function proposalOf({ store, subject }: Facts): Abandoned {
  const { digest, request, stored } = subject as SubjectFacts;
  const signed = stored.map(({ controller }) => controller);
  if (request !== null && !(request instanceof Refusal))
    return { digest, references: barsOf(request), does: kindOf(request), signed };
  const reserves = stateOf(store)?.proposals.get(digest)?.reserves ?? new Map<string, string>();
  return { digest, references: [...reserves.keys()], does: null, signed };
}

export async function abandon(services: Services, options: AbandonOptions): Promise<Abandoned> {
  const { request, maxTipAge, unsigned = false, agree } = options;
  const asked = { intent: 'abandon', request, maxTipAge, unsigned } as const;
  const { facts } = await run(services, asked, agree && (found => agree(proposalOf(found))));
  return proposalOf(facts);
}
