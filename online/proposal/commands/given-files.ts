/** Files given to a command: signatures of one request, and the request itself. */
import { type Request, readRequest } from '../../../shared/request.ts';
import { readSignatures } from '../../../shared/signatures.ts';
import type { GivenSignatures } from '../facts/question.ts';
import type { GivenFile } from '../services.ts';
import { type FileSaid, notTheSignedRefusal, twoRequestsRefusal } from '../texts/given-files.ts';

/**
 * @throws Refusal FORMAT_INVALID, FIELD_INVALID; REQUEST_MISMATCH if the files have signatures of different
 * requests
 */
export function readGivenSignatures(files: readonly GivenFile[]): GivenSignatures[] {
  const all = files.map(({ name, bytes }) => ({ file: name, signatures: readSignatures(bytes, name) }));
  const [first] = all;
  const other = all.find(({ signatures }) => signatures.request !== first?.signatures.request);
  if (!first || !other) return all;
  throw twoRequestsRefusal(
    { file: first.file, request: first.signatures.request },
    { file: other.file, request: other.signatures.request },
  );
}

/** @param digest digest of the signed request @throws Refusal REQUEST_MISMATCH */
export function readGivenRequest(
  file: GivenFile | undefined,
  digest: string | undefined,
): Request | undefined {
  if (!file) return undefined;
  const request = readRequest(file.bytes, file.name);
  if (digest === undefined || request.digest === digest) return request;
  throw notTheSignedRefusal({ file: file.name, request: request.digest }, digest);
}

/** @param stored indices of the controllers whose signatures were in the store before */
export function controllersOfFiles(given: readonly GivenSignatures[], stored: readonly number[]): FileSaid[] {
  const known = new Set(stored);
  return given.map(({ file, signatures: { controller } }) => {
    const isNew = !known.has(controller);
    known.add(controller);
    return { file, controller, isNew };
  });
}
