/** `countersign`: the online tool. */
import { run } from './cli.ts';
import { realWorld } from './world.ts';

// A reader that closes its end early (`| head`) is no failure.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await run(process.argv.slice(2), realWorld());
