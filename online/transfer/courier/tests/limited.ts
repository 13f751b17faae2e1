/** For `make test-browser`: tests with a time limit each, so that a test that hangs does not affect the others. */
import { test as plain } from 'uvu';
import { closePages } from './browsers/browser.ts';

/** Several times what the slowest takes on a busy machine. */
const LIMIT_SECONDS = 180;

function limited(name: string, check: () => Promise<void>, seconds = LIMIT_SECONDS): void {
  plain(name, async () => {
    // For who reads what a file printed that was cut off.
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
      // At once, for the same reason: uvu reports failures at the end.
      console.log(`failed: ${error}`);
      throw error;
    } finally {
      clearTimeout(clock);
      await closePages();
      // What a test that was too late still does fails at its closed page, and is of no interest.
      done.catch(() => {});
    }
  });
}

export const test = Object.assign(limited, { before: plain.before, after: plain.after, run: plain.run });
