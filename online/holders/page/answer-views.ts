/** Shows the results of look-ups and comparisons as headings and tables. */

import type { Asset } from '../../../shared/mapping/assets.ts';
import { countText } from '../../platform/text/words.ts';
import { massText } from '../../report/views/mass-text.ts';
import type { Change, Order } from '../compare-mappings.ts';
import { KINDS } from '../compare-mappings.ts';
import { type Found, MAX_ROWS } from '../look-up.ts';
import type { Answers } from '../worker-messages.ts';
import { type Column, makeElement, makeTable, ouncesText } from './page-elements.ts';

const BAR: Column = { title: 'Bar', className: 'bar' };
const ID: Column = { title: 'Asset id', className: 'id' };
const numberColumn = (title: string): Column => ({ title, className: 'number' });
const MASS = numberColumn('Mass, fine troy ounces');

function foundSentences({ asked, holding, mass, rows, more, alike }: Found, height: number): string[] {
  const out: string[] = [];
  if (rows.length === 0) {
    out.push(
      asked.token === undefined
        ? 'Not found: no bar of this mapping has this serial or reference. Write one bar per line and compare it with your papers. Redeemed bars and later bars are not in the mapping.'
        : 'Not found: this token represents no bar of this mapping. Compare the asset id with your wallet. If the id is right, ask the issuer.',
    );
    if (alike.length > 0) out.push(`Bars with a similar serial: ${alike.join(', ')}.`);
    return out;
  }
  if (asked.lines) out.push(`The amounts of lines ${asked.lines.join(', ')} were added.`);
  if (holding) {
    out.push(
      holding.exceeds
        ? `Only ${holding.all} tokens of this asset id exist at height ${height}, fewer than ${holding.tokens}. Check the amount, the asset id and the height.`
        : `${holding.tokens} ${Number(holding.tokens) === 1 ? 'token represents' : 'tokens represent'} ${holding.mass} fine troy ounces at height ${height}.`,
    );
  } else out.push(`${ouncesText(mass)} in total.`);
  if (more > 0) out.push(`The first ${MAX_ROWS} of ${MAX_ROWS + more} entries are shown.`);
  return out;
}

function foundView(found: Found, height: number): HTMLElement {
  const { asked, rows, holding } = found;
  const name = asked.token ?? (asked.bar as string);
  const sentences = foundSentences(found, height).map(sentence => makeElement('p', '', sentence));
  const view = makeElement('article', '', makeElement('h3', '', name), ...sentences);
  if (rows.length === 0) return view;
  // If the question has an asset id, the title has the id, and the table has no column for it.
  const columns = [BAR, ...(asked.token === undefined ? [ID] : []), MASS];
  columns.push(
    numberColumn(`Tokens at height ${height}`),
    ...(holding && !holding.exceeds ? [numberColumn('Your part, fine troy ounces')] : []),
  );
  const cells = rows.map(({ reference, token, mass, tokens, part }) => [
    reference,
    ...(asked.token === undefined ? [token] : []),
    Number(mass).toFixed(4),
    tokens,
    ...(part === undefined ? [] : [part]),
  ]);
  view.append(makeTable(`Entries of ${name}`, columns, cells));
  return view;
}

/**
 * Problems are shown before the answers, because otherwise a person could believe that all lines were
 * answered.
 */
export const problemViews = (problems: readonly string[]): HTMLElement[] =>
  problems.map(problem => makeElement('p', 'note', problem));

export const foundViews = (all: readonly Found[], height: number): HTMLElement[] =>
  all.map(found => foundView(found, height));

const ORDER: Record<Order, string> = {
  same: 'The copy is the same mapping.',
  newer: 'The open mapping is newer than the copy, by height and time.',
  older: 'The open mapping is OLDER than the copy. Ask the issuer why an older mapping replaced a newer one.',
  unclear: 'Height and time contradict each other: one is newer, the other older. Ask the issuer.',
};

const TITLES: Record<Change['kind'], string> = {
  'bar added': 'Bars added',
  'bar gone': 'Bars only in the copy',
  corrected: 'Corrected',
  'token added': 'Tokens moved to a bar',
  'token gone': 'Tokens moved away from a bar',
  'mass changed': 'Tokens with a changed part of the same bar',
};

const MAX_SHOWN_CHANGES = 200;

/**
 * A mass with three decimals, as issuers write it. If it has further decimals that are not float errors, all
 * decimals are shown.
 */
function massWithDecimals(entry: Asset): string {
  const mass = massText(entry.mass);
  return /\.[0-9]{4,}|e/i.test(mass) ? mass : Number(mass).toFixed(3);
}

function changeRow(change: Change): string[] {
  if ('entry' in change)
    return [change.entry.reference, massWithDecimals(change.entry), change.entry.assetId];
  const { before, after } = change;
  const bar =
    before.reference === after.reference ? after.reference : `${before.reference} → ${after.reference}`;
  const mass =
    before.mass === after.mass
      ? massWithDecimals(after)
      : `${massWithDecimals(before)} → ${massWithDecimals(after)}`;
  return [
    bar,
    mass,
    before.assetId === after.assetId ? after.assetId : `${before.assetId} → ${after.assetId}`,
  ];
}

function changeView(kind: Change['kind'], changes: readonly Change[]): HTMLElement[] {
  if (changes.length === 0) return [];
  const entries = changes.flatMap(change => ('entry' in change ? [change.entry] : [change.after]));
  const tokens = countText(new Set(entries.map(({ assetId }) => assetId)).size, 'token');
  const bars = countText(new Set(entries.map(({ reference }) => reference)).size, 'bar');
  const title = `${TITLES[kind]}: ${kind.startsWith('bar') ? bars : `${tokens}, ${bars}`}`;
  const rows = changes.slice(0, MAX_SHOWN_CHANGES).map(changeRow);
  const view = makeElement(
    'article',
    '',
    makeElement('h3', '', title),
    makeTable(title, [BAR, MASS, ID], rows),
  );
  if (changes.length > MAX_SHOWN_CHANGES)
    view.append(makeElement('p', 'quiet', `The first ${MAX_SHOWN_CHANGES} are shown.`));
  return [view];
}

export function comparisonViews({ kept, comparison }: Answers['compare']): HTMLElement[] {
  if (comparison === null)
    return [
      makeElement(
        'p',
        '',
        `The copy is not valid, so nothing was compared. ${kept.verdict}. If earlier controllers signed the copy, check it with the page of that time. This page knows only the present controllers.`,
      ),
    ];
  const { changes, order } = comparison;
  const sentences = [
    ORDER[order],
    `The copy has height ${kept.height}, ${kept.bars} bars and ${kept.totalMass} fine troy ounces.`,
  ];
  if (changes.some(({ kind }) => kind.startsWith('token')))
    sentences.push('After a redemption, tokens move to another bar.');
  if (changes.length === 0 && order !== 'same') sentences.push('The entries are the same.');
  return [
    ...sentences.map((sentence, i) =>
      makeElement('p', i === 0 && ['older', 'unclear'].includes(order) ? 'note' : '', sentence),
    ),
    ...KINDS.flatMap(kind =>
      changeView(
        kind,
        changes.filter(change => change.kind === kind),
      ),
    ),
  ];
}
