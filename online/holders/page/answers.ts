/** What was looked up and compared, as headings and tables. */
import type { Change, Order } from '../compare.ts';
import { KINDS } from '../compare.ts';
import { type Found, MAX_ROWS } from '../look-up.ts';
import type { Answers } from '../messages.ts';
import { type Column, element, ounces, tableOf } from './elements.ts';

const BAR: Column = { title: 'Bar', className: 'bar' };
const ID: Column = { title: 'Asset id', className: 'id' };
const number = (title: string): Column => ({ title, className: 'number' });

function sentencesOf({ asked, holding, mass, rows, more, alike }: Found, height: number): string[] {
  const out: string[] = [];
  if (rows.length === 0) {
    out.push(
      asked.token === undefined
        ? 'No bar of the mapping has this serial or reference.'
        : 'No bar stands for this token.',
    );
    if (alike.length > 0) out.push(`Bars that look alike: ${alike.join(', ')}.`);
    return out;
  }
  if (holding) {
    out.push(
      holding.exceeds
        ? `There are only ${holding.all} tokens of this asset id at height ${height}, fewer than ${holding.tokens}. Check the amount, the asset id and the height.`
        : `${holding.tokens} tokens stand for ${holding.mass} fine troy ounces at height ${height}.`,
    );
  } else out.push(`${ounces(mass)} in all.`);
  if (more > 0) out.push(`The first ${MAX_ROWS} of ${MAX_ROWS + more} entries are shown.`);
  return out;
}

function foundView(found: Found, height: number): HTMLElement {
  const { asked, rows, holding } = found;
  const name = asked.token ?? (asked.bar as string);
  const sentences = sentencesOf(found, height).map(sentence => element('p', '', sentence));
  const view = element('article', '', element('h3', '', name), ...sentences);
  if (rows.length === 0) return view;
  // All entries of a token have its id, which is printed above them.
  const columns = [BAR, ...(asked.token === undefined ? [ID] : []), number('Mass in the mapping')];
  columns.push(
    number(`Tokens at height ${height}`),
    ...(holding && !holding.exceeds ? [number('Your part')] : []),
  );
  const cells = rows.map(({ reference, token, mass, tokens, part }) => [
    reference,
    ...(asked.token === undefined ? [token] : []),
    ounces(mass),
    tokens,
    ...(part === undefined ? [] : [`${part} oz`]),
  ]);
  view.append(tableOf(`Entries of ${name}`, columns, cells));
  return view;
}

export const foundViews = (all: readonly Found[], height: number): HTMLElement[] =>
  all.map(found => foundView(found, height));

const ORDER: Record<Order, string> = {
  same: 'The copy is the same mapping.',
  newer: 'The open mapping follows the copy: it is newer by height and time.',
  older:
    'The open mapping GOES BACK: it is older than the copy. Ask the issuer why an old mapping was put in the place of a newer one.',
  unclear: 'Height and time contradict each other: one went on and the other back. Ask the issuer.',
};

const TITLES: Record<Change['kind'], string> = {
  'bar added': 'Bars added',
  'bar gone': 'Bars gone (redeemed or taken out)',
  corrected: 'Corrected',
  'token added': 'Tokens that stand for one more bar',
  'token gone': 'Tokens that stand for a bar no more',
  'mass changed': 'Other masses',
};

const MOST = 200;

function rowOf(change: Change): string[] {
  if ('entry' in change) return [change.entry.reference, ounces(change.entry.mass), change.entry.assetId];
  const { before, after } = change;
  const bar =
    before.reference === after.reference ? after.reference : `${before.reference} → ${after.reference}`;
  const mass =
    before.mass === after.mass ? ounces(after.mass) : `${ounces(before.mass)} → ${ounces(after.mass)}`;
  return [
    bar,
    mass,
    before.assetId === after.assetId ? after.assetId : `${before.assetId} → ${after.assetId}`,
  ];
}

function changeView(kind: Change['kind'], changes: readonly Change[]): HTMLElement[] {
  if (changes.length === 0) return [];
  const title = `${TITLES[kind]}: ${changes.length}`;
  const rows = changes.slice(0, MOST).map(rowOf);
  const view = element(
    'article',
    '',
    element('h3', '', title),
    tableOf(title, [BAR, number('Mass'), ID], rows),
  );
  if (changes.length > MOST) view.append(element('p', 'quiet', `The first ${MOST} are shown.`));
  return [view];
}

export function comparisonViews({ kept, comparison }: Answers['compare']): HTMLElement[] {
  if (comparison === null)
    return [element('p', '', `The copy itself is not valid, so nothing was compared: ${kept.verdict}.`)];
  const { changes, order } = comparison;
  const sentences = [
    ORDER[order],
    `The copy has height ${kept.height}, ${kept.bars} bars and ${kept.totalMass} fine troy ounces.`,
  ];
  if (changes.length === 0 && order !== 'same') sentences.push('The entries are the same.');
  return [
    ...sentences.map(sentence => element('p', '', sentence)),
    ...KINDS.flatMap(kind =>
      changeView(
        kind,
        changes.filter(change => change.kind === kind),
      ),
    ),
  ];
}
