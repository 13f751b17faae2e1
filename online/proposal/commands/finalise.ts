/** The confirmer's last step: decide, send, wait, verify on chain, publish. Killed anywhere, the same command goes on where it stopped. */
import type { Derivation } from '../../../shared/derive.ts';
import type { Publication } from '../../ledger/state.ts';
import type { ChainFacts, SubjectFacts } from '../facts/facts.ts';
import { allSignatures } from '../facts/proposals.ts';
import { run } from '../run.ts';
import type { GivenFile, Services } from '../services.ts';
import { type FileSaid, filesText, readGiven, readGivenRequest, sayFiles } from './given.ts';
import { tellDamaged } from './status.ts';

/** What a person agrees to before anything is sent. */
export interface ToSend {
  derivation: Derivation;
  /** Controllers whose signatures are at hand. */
  signed: readonly number[];
  /** Height of the best block. */
  height: number;
  files: readonly FileSaid[];
}

export interface FinaliseOptions {
  files: readonly GivenFile[];
  requestFile?: GivenFile | undefined;
  /** Seconds. */
  maxTipAge: number;
  poll: number;
  /** Blocks on top of a transaction, its own included. */
  confirmations: number;
  /** Asked once, before the decision; not when it goes on with one that is made. */
  agree?: ((toSend: ToSend) => Promise<void>) | undefined;
}

export interface Finalised {
  derivation: Derivation;
  /** Digest of the mapping that this request made. */
  mapping: string;
  /** In the order of the request. */
  transactions: string[];
}

export async function finalise(services: Services, options: FinaliseOptions): Promise<Finalised> {
  const { files, requestFile, maxTipAge, poll, confirmations, agree } = options;
  const given = readGiven(files);
  const request = readGivenRequest(requestFile, given[0]?.signatures.request);
  const asked = { intent: 'finalise', given, requestFile: request, maxTipAge, poll, confirmations } as const;
  const { situation } = await run(
    services,
    asked,
    agree &&
      (async ({ subject, chain }) => {
        const { derivation, stored } = subject as SubjectFacts & { derivation: Derivation };
        const signed = allSignatures(subject as SubjectFacts).map(({ controller }) => controller);
        const said = sayFiles(
          given,
          stored.map(({ controller }) => controller),
        );
        if (said.length > 0) services.progress(filesText(said));
        await agree({ derivation, signed, height: (chain as ChainFacts).tip.height, files: said });
      }),
  );
  tellDamaged(services, situation);
  const { stage } = situation;
  if (stage.kind !== 'published') throw new TypeError(`finalise ended as ${stage.kind}`);
  return { derivation: stage.derivation, ...made(stage.derivation, stage.publication) };
}

function made({ issuances }: Derivation, { mapping, transactions }: Publication) {
  return { mapping, transactions: issuances.map(({ assetId }) => transactions[assetId]?.txid ?? 'unknown') };
}
