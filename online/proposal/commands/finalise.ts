/**
 * The confirmer's last command: decides to send, sends, waits, checks the chain, and publishes. If it is
 * interrupted, the confirmer runs it again, and it continues.
 */
import { type Changes, kindOfChange } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { GoneBars } from '../../ledger/gone-bars.ts';
import type { Publication } from '../../ledger/ledger-state.ts';
import type { BurnFact } from '../facts/burns.ts';
import type { ChainFacts, SubjectFacts } from '../facts/facts.ts';
import { allSignatures } from '../facts/proposal-transactions.ts';
import { goneBarsOfLedger, ledgerStateOrNull } from '../facts/read-facts.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { GivenFile, Services } from '../services.ts';
import { type FileSaid, fileOwnersText, signatureFilesText } from '../texts/given-files.ts';
import { RefusedError } from '../texts/refused-error.ts';
import { controllersOfFiles, readGivenRequest, readGivenSignatures } from './given-files.ts';
import { printDamagedSignatures } from './status.ts';

/** What a person confirms before anything is sent. */
export interface ToSend {
  derivation: Derivation;
  /** Controllers whose signatures are available. */
  signed: readonly number[];
  /** The facts from the node. */
  chain: ChainFacts;
  files: readonly FileSaid[];
  /** Bars that were removed from the mapping or renamed. */
  gone: GoneBars;
}

export interface FinaliseOptions {
  files: readonly GivenFile[];
  requestFile?: GivenFile | undefined;
  /** Largest age of the best block, in seconds. */
  maxTipAge: number;
  poll: number;
  /**
   * Confirmations that a transaction needs, counting its own block; undefined for the default, which depends
   * on the kind of request.
   */
  confirmations: number | undefined;
  /** Asks the person before the decision to send. It is not called if the ledger has the decision already. */
  agree?: ((toSend: ToSend) => Promise<void>) | undefined;
  /** Called with the kind of request, after each read in which it is known. */
  begins?: ((kind: keyof Changes) => void) | undefined;
}

export interface Finalised {
  derivation: Derivation;
  /** The facts of the request's burns, in request order. */
  burns: readonly BurnFact[];
  /** Digest of the request's mapping. */
  mapping: string;
  /** Transaction ids in request order. */
  transactions: string[];
  /** True if the mapping was published before this run. */
  isEarlier: boolean;
  /** Digest of the request of another proposal that is open; null if none is open. */
  open: string | null;
}

export async function finaliseProposal(services: Services, options: FinaliseOptions): Promise<Finalised> {
  const { files, requestFile, maxTipAge, poll, confirmations, agree, begins } = options;
  const given = readGivenSignatures(files);
  const request = readGivenRequest(requestFile, given[0]?.signatures.request);
  const asked = { intent: 'finalise', given, requestFile: request, maxTipAge, poll, confirmations } as const;
  const { first, facts, situation } = await runProposalLoop(
    services,
    asked,
    agree &&
      (async ({ store, subject, chain: known }) => {
        const chain = known as ChainFacts;
        const { derivation, stored } = subject as SubjectFacts & { derivation: Derivation };
        const signed = allSignatures(subject as SubjectFacts).map(({ controller }) => controller);
        const said = controllersOfFiles(
          given,
          stored.map(({ controller }) => controller),
        );
        if (said.length > 0) services.progress(signatureFilesText(said));
        await agree({ derivation, signed, chain, files: said, gone: goneBarsOfLedger(store) });
      }),
    ({ subject }) => {
      const derivation = subject?.derivation;
      if (derivation && !(derivation instanceof Refusal)) begins?.(kindOfChange(derivation.request));
    },
  ).catch(error => {
    // Prints whose signatures the given files have. The person may have given the wrong file, with signatures
    // that were available before.
    const isMissing = error instanceof RefusedError && error.data.kind === 'need-signatures';
    if (isMissing && given.length > 0) services.progress(fileOwnersText(controllersOfFiles(given, [])));
    throw error;
  });
  printDamagedSignatures(services, situation);
  const { stage } = situation;
  if (stage.kind !== 'published') throw new TypeError(`finalise ended as ${stage.kind}`);
  const { derivation, publication } = stage;
  const { digest } = derivation.request;
  return {
    ...{ derivation, burns: facts.last?.evidence.burns ?? [], ...finalisedResult(derivation, publication) },
    isEarlier: ledgerStateOrNull(first.store)?.published.some(({ request }) => request === digest) ?? false,
    open: situation.state?.open?.request ?? null,
  };
}

function finalisedResult({ issuances }: Derivation, { mapping, transactions }: Publication) {
  return { mapping, transactions: issuances.map(({ assetId }) => transactions[assetId]?.txid ?? 'unknown') };
}
