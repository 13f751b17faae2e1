/** Reads files of signatures and requests that a person names. */
import { resolve } from 'node:path';
import { MAX_REQUEST_BYTES } from '../../../../shared/request.ts';
import { MAX_SIGNATURES_BYTES } from '../../../ledger/object-keys.ts';
import { readInput } from '../../../platform/files.ts';
import type { World } from '../../../platform/world.ts';
import type { GivenFile } from '../../../proposal/services.ts';

export function readSignaturesFiles({ cwd }: World, names: readonly string[]): GivenFile[] {
  return names.map(name => ({ name, bytes: readInput(resolve(cwd, name), MAX_SIGNATURES_BYTES) }));
}

export function readRequestFile({ cwd }: World, name: string): GivenFile {
  return { name, bytes: readInput(resolve(cwd, name), MAX_REQUEST_BYTES) };
}
