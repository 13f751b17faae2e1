/** `countersign`: the online tool. */
import { run } from './cli/cli.ts';
import { realWorld } from './platform/world.ts';

// A reader that closes its end early (`| head`) is no failure, and no reason to leave an issuance in its middle.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  });
}

const stop = new AbortController();
// Once: a second Ctrl-C ends the program without a word, should the first have no effect.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

process.exitCode = await run(process.argv.slice(2), { ...realWorld(), stop: stop.signal });
// The command that was stopped would go on with the next answer of the node.
if (stop.signal.aborted) process.exit();
