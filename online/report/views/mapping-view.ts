/** Mappings as text, JSON and CSV: summaries, differences, tables. */

import { printableText } from '../../../shared/errors.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import type { Asset } from '../../../shared/mapping/assets.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { tableText } from '../../platform/text/text-table.ts';
import { countText, timeText } from '../../platform/text/words.ts';
import { type Difference, type MassChange, type MassChanges, massChanges } from '../mapping-difference.ts';
import { massText, roundedMassesRemark } from './mass-text.ts';

/**
 * Number of bars. A bar has an entry for each of its tokens, so after redemptions there can be more entries
 * than bars.
 */
const countBars = (mapping: Mapping): number => new Set(mapping.references()).size;

function sizeText(mapping: Mapping): string {
  const bars = countBars(mapping);
  return bars === mapping.size
    ? `assets       ${bars}`
    : `entries      ${mapping.size}, of ${countText(bars, 'bar')}`;
}

export function summaryText(mapping: Mapping): string {
  return [
    `  ${sizeText(mapping)}`,
    `  total mass   ${mapping.totalMass} fine troy ounces`,
    `  height       ${mapping.height}`,
    `  time         ${mapping.time} (${timeText(mapping.time)})`,
    `  digest       ${mapping.digest}`,
    '',
  ].join('\n');
}

/** @param toText function that formats a mass */
function entriesTableText(
  assets: readonly Asset[],
  toText: (mass: string) => string,
  width?: number,
): string {
  return tableText(
    [
      { title: 'no.', right: true },
      { title: 'reference' },
      { title: 'mass', right: true },
      { title: 'asset id' },
    ],
    assets.map(a => [String(a.key), printableText(a.reference), toText(a.mass), printableText(a.assetId)]),
    width,
  );
}

export function assetTableText(assets: readonly Asset[], width?: number): string {
  return entriesTableText(assets, massText, width) + roundedMassesRemark(assets.map(({ mass }) => mass));
}

export const ORDERS = ['number', 'reference', 'mass'] as const;
export type Order = (typeof ORDERS)[number];

/** Sorts by code points, so that the order is the same on every computer. */
export function sortAssets(assets: readonly Asset[], order: Order): Asset[] {
  if (order === 'number') return [...assets].sort((a, b) => a.key - b.key);
  if (order === 'mass') return [...assets].sort((a, b) => Number(a.mass) - Number(b.mass) || a.key - b.key);
  return [...assets].sort((a, b) =>
    a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : a.key - b.key,
  );
}

function massChangesText(title: string, changes: readonly MassChange[], width?: number): string {
  if (changes.length === 0) return `${title}: no mass changed\n`;
  const right = true;
  return `${title} with a changed mass: ${changes.length}\n${tableText(
    [{ title: 'before', right }, { title: 'after', right }, { title }],
    changes.map(change => [change.before ?? '-', change.after ?? '-', printableText(change.name)]),
    width,
  )}`;
}

const areMassTextsEqual = (a: Asset, b: Asset) => massText(a.mass) === massText(b.mass);

function sizeChangeText(before: Mapping, after: Mapping): string {
  const [was, is] = [countBars(before), countBars(after)];
  if (was === before.size && is === after.size) return `assets      ${was} -> ${is}\n`;
  return `entries     ${before.size} -> ${after.size}\nbars        ${was} -> ${is}\n`;
}

/**
 * The differences between two mappings as text. If entries changed or were removed, the text also lists the
 * bars and tokens whose mass changed.
 * @param masses bars and tokens whose mass changed, if they are computed already; null to leave them out
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
  // True if a mass changed only in digits that are not shown. Then all digits are shown, because otherwise
  // the entry would look unchanged.
  const isTail = diff.changed.some(
    c => c.before.mass !== c.after.mass && areMassTextsEqual(c.before, c.after),
  );
  const toText = isTail ? (mass: string) => mass : massText;
  const part = (title: string, assets: Asset[]) =>
    assets.length === 0 ? '' : `${title}: ${assets.length}\n${entriesTableText(assets, toText, width)}`;
  const altered = diff.removed.length + diff.changed.length > 0;
  const changed = altered && masses !== null ? (masses ?? massChanges(before, after)) : null;
  const same = diff.added.length === 0 && !altered;
  return [
    part('added', added),
    part('removed', removed),
    part('changed (before, after)', both),
    isTail ? '' : roundedMassesRemark([...added, ...removed, ...both].map(({ mass }) => mass)),
    changed ? massChangesText('bars', changed.bars, width) : '',
    changed ? massChangesText('tokens', changed.tokens, width) : '',
    same ? 'The assets are the same.\n' : '',
    sizeChangeText(before, after),
    `total mass  ${before.totalMass} -> ${after.totalMass} fine troy ounces\n`,
    `height      ${before.height} -> ${after.height}\n`,
    `time        ${timeText(before.time)} -> ${timeText(after.time)}\n`,
  ].join('');
}

/**
 * A CSV cell by RFC 4180. An apostrophe protects a leading character that a spreadsheet would read as a
 * formula.
 */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function mappingCsvText(mapping: Mapping): string {
  let text = 'number,reference,mass,tokenid\n';
  for (const { key, reference, mass, assetId } of listAssets(mapping)) {
    text += `${key},${csvCell(reference)},${mass},${csvCell(assetId)}\n`;
  }
  return text;
}
