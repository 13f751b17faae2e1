/**
 * For `make test-browser`: gives each test a time limit, so that a blocked test does not block the others.
 */
import { test as plain } from 'uvu';
import { closePages } from './browsers/browser.ts';

/** Several times the duration of the slowest test on a busy machine. */
const LIMIT_SECONDS = 180;

function testWithTimeLimit(name: string, check: () => Promise<void>, seconds = LIMIT_SECONDS): void {
  plain(name, async () => {
    // The name is printed before the test, so that the output of a killed run shows which test ran.
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
      // The failure is printed at once, because uvu reports failures only at the end of a run.
      console.log(`failed: ${error}`);
      throw error;
    } finally {
      clearTimeout(clock);
      await closePages();
      // After its time limit, a test continues until its page is closed, and then fails. This second error is
      // ignored.
      done.catch(() => {});
    }
  });
}

export const test = Object.assign(testWithTimeLimit, {
  before: plain.before,
  after: plain.after,
  run: plain.run,
});
