/**
 * The command submit: uploads signatures of the open proposal, and the objects that older scripts need to
 * finish it.
 */
import type { Derivation } from '../../../shared/derive.ts';
import type { Request } from '../../../shared/request.ts';
import type { SubjectFacts } from '../facts/facts.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { GivenFile, Services } from '../services.ts';
import type { Situation } from '../situation/situation.ts';
import { type FileSaid, signatureFilesText } from '../texts/given-files.ts';
import { controllersOfFiles, readGivenRequest, readGivenSignatures } from './given-files.ts';

export interface SubmitOptions {
  files: readonly GivenFile[];
  requestFile?: GivenFile | undefined;
  /** Permits replacing an older tool's own proposal in the `ps1_` objects. */
  overOlder?: boolean;
}

export interface Submitted {
  request: Request;
  derivation: Derivation;
  /** Controllers whose signatures are in the store after the command. */
  controllers: readonly number[];
  files: readonly FileSaid[];
  /** The situation after the command. */
  situation: Situation;
}

export async function submitSignatures(services: Services, options: SubmitOptions): Promise<Submitted> {
  const { files, requestFile, overOlder = false } = options;
  const given = readGivenSignatures(files);
  const digest = given[0]?.signatures.request;
  const { first, facts, situation } = await runProposalLoop(services, {
    ...{ intent: 'submit', given, overOlder },
    requestFile: readGivenRequest(requestFile, digest),
  });
  const { derivation, stored } = facts.subject as SubjectFacts & { derivation: Derivation };
  const before = first.subject?.stored.map(({ controller }) => controller) ?? [];
  const said = controllersOfFiles(given, before);
  services.progress(signatureFilesText(said));
  const controllers = stored.map(({ controller }) => controller);
  return { request: derivation.request, derivation, controllers, files: said, situation };
}
