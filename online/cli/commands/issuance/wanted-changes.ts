/** The changes of a new request: the options of `prepare`, and the files that they name. */
import { resolve } from 'node:path';
import { UsageError } from 'clipanion';
import { REASON, REASON_EXPECTED } from '../../../../shared/changes.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { readInput } from '../../../platform/files.ts';
import type { World } from '../../../platform/world.ts';
import type { Wanted } from '../../../proposal/facts/question.ts';
import { readAssets } from '../../input/tables/asset-file.ts';
import { MAX_BURNT_BYTES, readBurntAmounts } from '../../input/tables/burnt-file.ts';
import { readCorrections } from '../../input/tables/correction-file.ts';
import { readRedemptions } from '../../input/tables/redemption-file.ts';
import { MAX_TABLE_BYTES } from '../../input/tables/table-reader.ts';

export interface WantedOptions {
  issuances: string | undefined;
  redemptions: string | undefined;
  /** True if a person types the redemptions. */
  redeem: boolean;
  corrections: string | undefined;
  reason: string | undefined;
  /** Files `burntassets.dat` of the older wallet. */
  burnt: readonly string[] | undefined;
}

const joinNames = (names: readonly string[]) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Checks that the options fit together. @throws UsageError */
export function checkWantedOptions(options: WantedOptions): void {
  const { issuances, redemptions, redeem, corrections, reason, burnt } = options;
  const given = [
    ...(issuances === undefined ? [] : ['--issuances']),
    ...(redemptions === undefined ? [] : ['--redemptions']),
    ...(redeem ? ['--redeem'] : []),
    ...(corrections === undefined ? [] : ['--corrections']),
  ];
  if (given.length > 1)
    throw new UsageError(`expected one kind of change in a request, got ${joinNames(given)}`);
  if (burnt !== undefined && redemptions === undefined && !redeem)
    throw new UsageError('--burnt needs --redemptions or --redeem');
  if (corrections === undefined && reason !== undefined) throw new UsageError('--reason needs --corrections');
  if (corrections === undefined) return;
  if (reason === undefined)
    throw new UsageError('--reason is missing: the signer shows the reason of corrections first');
  if (!REASON.test(reason))
    throw new UsageError(`--reason: expected ${REASON_EXPECTED}, got ${JSON.stringify(reason)}`);
}

export interface WantedFile {
  wanted: Wanted;
  /** Name of the file with the changes. */
  file: string;
}

/** For each asset id: the burnt atoms of all files together. Undefined if no file is given. */
export function readBurntFiles(
  { cwd }: World,
  { burnt }: Pick<WantedOptions, 'burnt'>,
): ReadonlyMap<string, bigint> | undefined {
  if (burnt === undefined) return undefined;
  const sums = new Map<string, bigint>();
  for (const file of burnt)
    for (const [token, atoms] of readBurntAmounts(readInput(resolve(cwd, file), MAX_BURNT_BYTES), file))
      sums.set(token, (sums.get(token) ?? 0n) + atoms);
  return sums;
}

/** @returns null if no file is given @throws Refusal naming the error in the file */
export function readWantedChanges(world: World, trust: Trust, options: WantedOptions): WantedFile | null {
  const { issuances, redemptions, corrections, reason = '' } = options;
  const file = issuances ?? redemptions ?? corrections;
  if (file === undefined) return null;
  const bytes = readInput(resolve(world.cwd, file), MAX_TABLE_BYTES);
  const note = (text: string) => void world.stderr.write(`${text}\n`);
  if (issuances !== undefined) return { file, wanted: { assets: readAssets(bytes, file, trust, note) } };
  if (redemptions !== undefined)
    return {
      file,
      wanted: { redemptions: readRedemptions(bytes, file, note), burnt: readBurntFiles(world, options) },
    };
  return { file, wanted: { corrections: readCorrections(bytes, file, note), reason } };
}
