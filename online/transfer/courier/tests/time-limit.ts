/**
 * For `make test-browser`: tests with a time limit each, so that a blocked test does not affect the others.
 */
import { test as plain } from 'uvu';
import { closePages } from './browsers/browser.ts';

/** Several times the duration of the slowest test on a busy machine. */
const LIMIT_SECONDS = 180;

function withTimeLimit(name: string, check: () => Promise<void>, seconds = LIMIT_SECONDS): void {
  plain(name, async () => {
    // Printed for readers of the output of a killed run.
    console.log(`\nbegins: ${name}`);
    let clock: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      clock = setTimeout(
        () => reject(new Error(`not done within its limit of ${seconds} s`)),
        seconds * 1000,
      );
    });
    const began = performance.now();
    const done = check();
    try {
      await Promise.race([done, late]);
      console.log(`passed in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    } catch (error) {
      // Printed at once for the same readers, because uvu reports failures at the end.
      console.log(`failed: ${error}`);
      throw error;
    } finally {
      clearTimeout(clock);
      await closePages();
      // A late test continues and fails at its closed page. This error is ignored.
      done.catch(() => {});
    }
  });
}

export const test = Object.assign(withTimeLimit, {
  before: plain.before,
  after: plain.after,
  run: plain.run,
});
