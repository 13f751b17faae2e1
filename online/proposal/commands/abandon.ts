/** Abandons the open proposal. Its coins stay reserved for its bars, unless a person says that nobody signed it. */
import type { Request } from '../../../shared/request.ts';
import type { SubjectFacts } from '../facts/facts.ts';
import { run } from '../run.ts';
import type { Services } from '../services.ts';

export interface AbandonOptions {
  /** Digest, to name the one that is meant. */
  request?: string | undefined;
  /** Seconds that the best block may be old. */
  maxTipAge: number;
  /** A person typed that nobody signed it: its reservations end. */
  unsigned?: boolean;
  agree?: ((request: Request) => Promise<void>) | undefined;
}

export async function abandon(services: Services, options: AbandonOptions): Promise<Request> {
  const { request, maxTipAge, unsigned = false, agree } = options;
  const { facts } = await run(services, { intent: 'abandon', request, maxTipAge, unsigned }, agree);
  return (facts.subject as SubjectFacts).request as Request;
}
