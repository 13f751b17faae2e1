/** For tests: a person at a terminal. */
import { PassThrough } from 'node:stream';
import { realWorld, type World } from './world.ts';

/** A terminal on which a person answers each question when it is asked. */
export function terminal(...answers: string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stderr = new PassThrough();
  let said = '';
  let answered = 0;
  stderr.on('data', chunk => {
    said += chunk;
    // The cursor stands behind a question: readline moves it there last.
    if (/(: |\) )\x1b\[\d+G$/.test(said)) {
      // One question too many ends the input, so that a test fails and does not hang.
      const answer = answers[answered++] ?? '<end>';
      setImmediate(() => (answer === '<end>' ? stdin.end() : stdin.write(answer)));
    }
  });
  const world: World = { ...realWorld(), stdin, stderr };
  // Without readline's moves of the cursor, and without what was typed being echoed.
  return { world, stdin, said: () => said.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replace(/\r/g, '') };
}
