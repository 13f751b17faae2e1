/** Lines of the player below the code. They are short, because a window may have few columns. */

export const KEYS = ' | space n/p +- speed <> density f frames a all q quit';
export const SHORT_KEYS = ' | space n p + - < > f a q';

/** @param fits true if a lower density fits the window */
export const smallWindowLines = (
  least: { columns: number; rows: number },
  columns: number,
  rows: number,
  fits: boolean,
) => [
  'window too small',
  `needed: ${least.columns} x ${least.rows}`,
  `now: ${columns} x ${rows}`,
  'enlarge the window',
  ...(fits ? ['or press <', '(the scan starts again)'] : []),
  'q quits',
];

export const framesQuestion = (typed: string) => `frames to show, for example 3,7-9: ${typed}_`;
export const needsWindowText = (count: number, version: number, columns: number, rows: number) =>
  `${count} frames need density ${version} and a window of ${columns} x ${rows}`;
export const otherFramesText = (count: number) =>
  `now ${count} frames: start the scan on the other machine again`;
export const HIGHEST = 'no higher density fits this window and gives fewer codes';
export const LOWEST = 'this is the lowest density';
