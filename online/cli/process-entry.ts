/** The online tool as a process: streams, signals, exit code. */
import { errorText, watchOutputErrors } from '../platform/output-errors.ts';
import { makeRealWorld } from '../platform/world.ts';
import { runCommand } from './command-list.ts';

const world = makeRealWorld();
watchOutputErrors(world, (refusal, other) => {
  // With --json, a program reads stdout and expects one JSON object, so the error text is not written there.
  const isJson = other === world.stdout && process.argv.includes('--json');
  other.write(isJson ? '' : errorText(refusal), () => process.exit(1));
});

const stop = new AbortController();
// Handles a signal once. A second Ctrl-C ends the program immediately, in case the first had no effect.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

process.exitCode = await runCommand(process.argv.slice(2), { ...world, stop: stop.signal });
// The process must end here, because the stopped command would continue with the node's next answer.
if (stop.signal.aborted) process.exit();
