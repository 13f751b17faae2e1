/** The confirmer's last step: decide, send, wait, verify on chain, publish. Killed anywhere, the same command goes on where it stopped. */
import { type Changes, kindOf } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { GoneBars } from '../../ledger/gone.ts';
import type { Publication } from '../../ledger/state.ts';
import type { BurnFact } from '../facts/burns.ts';
import type { ChainFacts, SubjectFacts } from '../facts/facts.ts';
import { allSignatures } from '../facts/proposals.ts';
import { goneIn, stateOf } from '../facts/read.ts';
import { run } from '../run.ts';
import type { GivenFile, Services } from '../services.ts';
import { type FileSaid, filesText, readGiven, readGivenRequest, sayFiles } from './given.ts';
import { tellDamaged } from './status.ts';

/** What a person agrees to before anything is sent. */
export interface ToSend {
  derivation: Derivation;
  /** Controllers whose signatures are at hand. */
  signed: readonly number[];
  /** What the node says of it. */
  chain: ChainFacts;
  files: readonly FileSaid[];
  /** Bars that left the mapping. */
  gone: GoneBars;
}

export interface FinaliseOptions {
  files: readonly GivenFile[];
  requestFile?: GivenFile | undefined;
  /** Seconds. */
  maxTipAge: number;
  poll: number;
  /** Blocks on top of a transaction, its own included; where it is undefined, as each kind of request needs. */
  confirmations: number | undefined;
  /** Asked once, before the decision; not when it goes on with one that is made. */
  agree?: ((toSend: ToSend) => Promise<void>) | undefined;
  /** Told what kind of request it is as soon as that is known. */
  begins?: ((kind: keyof Changes) => void) | undefined;
}

export interface Finalised {
  derivation: Derivation;
  /** What the chain has of its burns, in their order. */
  burns: readonly BurnFact[];
  /** Digest of the mapping that this request made. */
  mapping: string;
  /** In the order of the request. */
  transactions: string[];
  /** It was published before this run. */
  isEarlier: boolean;
  /** Digest of another proposal, which is open. */
  open: string | null;
}

export async function finalise(services: Services, options: FinaliseOptions): Promise<Finalised> {
  const { files, requestFile, maxTipAge, poll, confirmations, agree, begins } = options;
  const given = readGiven(files);
  const request = readGivenRequest(requestFile, given[0]?.signatures.request);
  const asked = { intent: 'finalise', given, requestFile: request, maxTipAge, poll, confirmations } as const;
  const { first, facts, situation } = await run(
    services,
    asked,
    agree &&
      (async ({ store, subject, chain: known }) => {
        const chain = known as ChainFacts;
        const { derivation, stored } = subject as SubjectFacts & { derivation: Derivation };
        const signed = allSignatures(subject as SubjectFacts).map(({ controller }) => controller);
        const said = sayFiles(
          given,
          stored.map(({ controller }) => controller),
        );
        if (said.length > 0) services.progress(filesText(said));
        await agree({ derivation, signed, chain, files: said, gone: goneIn(store) });
      }),
    ({ subject }) => {
      const derivation = subject?.derivation;
      if (derivation && !(derivation instanceof Refusal)) begins?.(kindOf(derivation.request));
    },
  );
  tellDamaged(services, situation);
  const { stage } = situation;
  if (stage.kind !== 'published') throw new TypeError(`finalise ended as ${stage.kind}`);
  const { derivation, publication } = stage;
  const { digest } = derivation.request;
  return {
    ...{ derivation, burns: facts.last?.evidence.burns ?? [], ...made(derivation, publication) },
    isEarlier: stateOf(first.store)?.published.some(({ request }) => request === digest) ?? false,
    open: situation.state?.open?.request ?? null,
  };
}

function made({ issuances }: Derivation, { mapping, transactions }: Publication) {
  return { mapping, transactions: issuances.map(({ assetId }) => transactions[assetId]?.txid ?? 'unknown') };
}
