/** Shows a long text one window at a time. A console without scrolling would lose the beginning of the text. */
import { waitForEnter } from './questions.ts';
import type { Terminal } from './terminal.ts';
import { WIDTH } from './text-layout.ts';
import { nextPageQuestion, windowTooSmallRefusal } from './texts/asked-questions.ts';
import type { World } from './world.ts';

const MIN_ROWS = 16;

/** The current size of the window. @throws Refusal WINDOW_SMALL if the window is too small */
export function windowSize(terminal: Terminal) {
  const { columns, rows } = terminal.size();
  if (columns < WIDTH || rows < MIN_ROWS) throw windowTooSmallRefusal(columns, rows, MIN_ROWS);
  return { columns, rows };
}

const BACK = 'b';

/** True for a heading. No page ends with a heading, because a heading belongs to the lines below it. */
const isHeading = (line: string | undefined) => /^[A-Z]+$/.test(line ?? '');

/** The last page has at least this number of lines. If necessary, the page before it is shorter. */
const FEW_LINES = 4;

/** @returns the index of the first line that does not fit into these rows; at least `from + 1` */
function indexAfterLastFit(lines: readonly string[], from: number, columns: number, rows: number): number {
  let to = from;
  for (let left = rows; to < lines.length; to++) {
    left -= Math.max(1, Math.ceil((lines.at(to) as string).length / columns));
    if (left < 0 && to > from) break;
  }
  return to;
}

/** @returns the index of the first line after the page that begins with line `from` */
function indexAfterPage(
  lines: readonly string[],
  from: number,
  { columns, rows }: ReturnType<typeof windowSize>,
): number {
  // The last page leaves one row free, for the next question. Other pages leave a second row free, for the line that
  // the person types to turn the page.
  if (indexAfterLastFit(lines, from, columns, rows - 1) === lines.length) return lines.length;
  const fits = indexAfterLastFit(lines, from, columns, rows - 2);
  const to = Math.max(from + 1, Math.min(fits, lines.length - FEW_LINES));
  return to > from + 1 && isHeading(lines.at(to - 1)) ? to - 1 : to;
}

/**
 * Shows the pages, and ends after the last page. With `b` the person goes back a page, and then sees each later page
 * again.
 * @throws Refusal WINDOW_SMALL
 */
export async function showInPages(world: World, text: string): Promise<void> {
  const { terminal } = world;
  const lines = text.trimEnd().split('\n');
  if (!terminal) return world.show(lines.join('\n'));
  const earlier: number[] = [];
  for (let from = 0; from < lines.length; ) {
    const to = indexAfterPage(lines, from, windowSize(terminal));
    world.show(lines.slice(from, to).join('\n'));
    if (to === lines.length) return;
    const isFirst = earlier.length === 0;
    const { question, reminder } = nextPageQuestion(to, lines.length, isFirst);
    const key = await waitForEnter(terminal, question, reminder, isFirst ? null : BACK);
    if (key === BACK) [from = 0] = earlier.splice(-1);
    else {
      earlier.push(from);
      from = to;
    }
  }
}
