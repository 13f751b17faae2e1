/** Mappings as people and programs see them: summaries, differences, tables, CSV. */

import { printable } from '../../../shared/errors.ts';
import type { Asset } from '../../../shared/mapping/assets.ts';
import { assetsOf } from '../../../shared/mapping/listing.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { mappingSigners } from '../../../shared/mapping/signatures.ts';
import { massesBy, sumOfMasses } from '../../../shared/redemption/masses.ts';
import { table } from '../../platform/text/table.ts';
import { counted, sayControllers } from '../../platform/text/words.ts';
import { massText, roundedText } from './mass-text.ts';

export interface Verification {
  valid: boolean;
  /** Indices with a valid signature. */
  controllers: number[];
  required: number;
  digest: string;
  assets: number;
  totalMass: string;
  /** The empty one of this policy, which nobody has signed: the first issuance signs the one after it. */
  begins: boolean;
}

/** Who must have signed: the pinned profile, or the older `controllers.json`. */
export interface Policy {
  n: number;
  m: number;
  pubkeys: readonly Uint8Array[];
}

export function verifyMapping(mapping: Mapping, policy: Policy): Verification & { problem?: string } {
  const controllers = mappingSigners(mapping, policy.pubkeys);
  const samePolicy = mapping.n === policy.n && mapping.m === policy.m;
  const enough = controllers.length >= policy.n;
  const problem = !samePolicy
    ? `the object names the policy ${mapping.n} of ${mapping.m}, the pinned one is ${policy.n} of ${policy.m}`
    : !enough
      ? `signed by ${sayControllers(controllers)}; ${policy.n} needed`
      : undefined;
  return {
    valid: samePolicy && enough,
    controllers,
    required: policy.n,
    digest: mapping.digest,
    assets: mapping.size,
    totalMass: mapping.totalMass,
    begins: samePolicy && mapping.size === 0 && mapping.signatures.size === 0,
    ...(problem === undefined ? {} : { problem }),
  };
}

export { sayControllers };

export function timeText(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A bar has an entry for each of its tokens: after redemptions there are more entries than bars. */
const barsIn = (mapping: Mapping): number => new Set(mapping.references()).size;

function sizeText(mapping: Mapping): string {
  const bars = barsIn(mapping);
  return bars === mapping.size
    ? `assets       ${bars}`
    : `entries      ${mapping.size}, of ${counted(bars, 'bar')}`;
}

export function summary(mapping: Mapping): string {
  return [
    `  ${sizeText(mapping)}`,
    `  total mass   ${mapping.totalMass}`,
    `  height       ${mapping.height}`,
    `  time         ${mapping.time} (${timeText(mapping.time)})`,
    `  digest       ${mapping.digest}`,
    '',
  ].join('\n');
}

/** @param toText how a mass is shown */
function entriesTable(assets: readonly Asset[], toText: (mass: string) => string, width?: number): string {
  return table(
    [
      { title: 'no.', right: true },
      { title: 'reference' },
      { title: 'mass', right: true },
      { title: 'asset id' },
    ],
    assets.map(a => [String(a.key), printable(a.reference), toText(a.mass), printable(a.assetId)]),
    width,
  );
}

export function assetTable(assets: readonly Asset[], width?: number): string {
  return entriesTable(assets, massText, width) + roundedText(assets.map(({ mass }) => mass));
}

export const ORDERS = ['number', 'reference', 'mass'] as const;
export type Order = (typeof ORDERS)[number];

/** By code points, so that it is the same on every computer. */
export function sorted(assets: readonly Asset[], order: Order): Asset[] {
  if (order === 'number') return [...assets].sort((a, b) => a.key - b.key);
  if (order === 'mass') return [...assets].sort((a, b) => Number(a.mass) - Number(b.mass) || a.key - b.key);
  return [...assets].sort((a, b) =>
    a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : a.key - b.key,
  );
}

export interface Difference {
  added: Asset[];
  removed: Asset[];
  changed: { before: Asset; after: Asset }[];
}

/** By number and reference: an entry with another mass or token under the same number is a change. */
export function difference(before: Mapping, after: Mapping): Difference {
  const old = new Map<number, Asset>();
  for (const asset of assetsOf(before)) old.set(asset.key, asset);
  const out: Difference = { added: [], removed: [], changed: [] };
  for (const asset of assetsOf(after)) {
    const was = old.get(asset.key);
    old.delete(asset.key);
    if (!was) out.added.push(asset);
    else if (was.reference !== asset.reference || was.mass !== asset.mass || was.assetId !== asset.assetId) {
      out.changed.push({ before: was, after: asset });
    }
  }
  out.removed = [...old.values()];
  return out;
}

export interface MassChange {
  /** Reference or asset id. */
  name: string;
  /** The sum of its entries; null where it has none. */
  before: string | null;
  after: string | null;
}

export interface MassChanges {
  bars: MassChange[];
  tokens: MassChange[];
}

/** Bars and tokens that have another mass than before: after a re-mapping several entries make one of them. */
export function massChanges(before: Mapping, after: Mapping): MassChanges {
  const [old, now] = [[...assetsOf(before)], [...assetsOf(after)]];
  const sumOf = (masses: string[] | undefined) => (masses ? sumOfMasses(masses) : null);
  const changes = (by: 'reference' | 'assetId') => {
    const [was, is] = [massesBy(old, by), massesBy(now, by)];
    return [...new Set([...was.keys(), ...is.keys()])]
      .map(name => ({ name, before: sumOf(was.get(name)), after: sumOf(is.get(name)) }))
      .filter(change => change.before !== change.after);
  };
  return { bars: changes('reference'), tokens: changes('assetId') };
}

function massTable(title: string, changes: readonly MassChange[], width?: number): string {
  if (changes.length === 0) return `${title}: the same mass each\n`;
  const right = true;
  return `${title} with another mass: ${changes.length}\n${table(
    [{ title: 'before', right }, { title: 'after', right }, { title }],
    changes.map(change => [change.before ?? '-', change.after ?? '-', printable(change.name)]),
    width,
  )}`;
}

const isSameText = (a: Asset, b: Asset) => massText(a.mass) === massText(b.mass);

function sizesText(before: Mapping, after: Mapping): string {
  const [was, is] = [barsIn(before), barsIn(after)];
  if (was === before.size && is === after.size) return `assets      ${was} -> ${is}\n`;
  return `entries     ${before.size} -> ${after.size}\nbars        ${was} -> ${is}\n`;
}

/**
 * Bars and tokens are told where entries changed or are gone: of an issuance the entries say it all.
 * @param masses where they were computed already; null where they are told elsewhere
 */
export function differenceText(
  before: Mapping,
  after: Mapping,
  diff: Difference,
  width?: number,
  masses?: MassChanges | null,
): string {
  const { added, removed } = diff;
  const both = diff.changed.flatMap(c => [c.before, c.after]);
  // Of a change that is a tail alone the entries would look alike.
  const isTail = diff.changed.some(c => c.before.mass !== c.after.mass && isSameText(c.before, c.after));
  const toText = isTail ? (mass: string) => mass : massText;
  const part = (title: string, assets: Asset[]) =>
    assets.length === 0 ? '' : `${title}: ${assets.length}\n${entriesTable(assets, toText, width)}`;
  const altered = diff.removed.length + diff.changed.length > 0;
  const changed = altered && masses !== null ? (masses ?? massChanges(before, after)) : null;
  const same = diff.added.length === 0 && !altered;
  return [
    part('added', added),
    part('removed', removed),
    part('changed (as it was, as it is)', both),
    isTail ? '' : roundedText([...added, ...removed, ...both].map(({ mass }) => mass)),
    changed ? massTable('bars', changed.bars, width) : '',
    changed ? massTable('tokens', changed.tokens, width) : '',
    same ? 'The assets are the same.\n' : '',
    sizesText(before, after),
    `total mass  ${before.totalMass} -> ${after.totalMass}\n`,
    `height      ${before.height} -> ${after.height}\n`,
    `time        ${timeText(before.time)} -> ${timeText(after.time)}\n`,
  ].join('');
}

/** RFC 4180; a leading sign that a spreadsheet would run as a formula is kept as text by quoting with an apostrophe. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function mappingCsv(mapping: Mapping): string {
  let text = 'number,reference,mass,tokenid\n';
  for (const { key, reference, mass, assetId } of assetsOf(mapping)) {
    text += `${key},${csvCell(reference)},${mass},${csvCell(assetId)}\n`;
  }
  return text;
}
