/** The online tool as a process: its streams, its signals, its exit code. */
import { linesOf, watchOutputs } from '../platform/output.ts';
import { realWorld } from '../platform/world.ts';
import { run } from './cli.ts';

const world = realWorld();
watchOutputs(world, (refusal, other) => {
  // Nobody may be asked about what they could not read.
  const isJson = other === world.stdout && process.argv.includes('--json');
  other.write(isJson ? '' : linesOf(refusal), () => process.exit(1));
});

const stop = new AbortController();
// Once: a second Ctrl-C ends the program without a word, should the first have no effect.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

process.exitCode = await run(process.argv.slice(2), { ...world, stop: stop.signal });
// The command that was stopped would go on with the next answer of the node.
if (stop.signal.aborted) process.exit();
