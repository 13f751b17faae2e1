/** For tests only: a controller's PC as a process of its own, which runs commands at a given moment; see `pc.ts`. */
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { run } from '../cli.ts';
import type { Order } from './pc.ts';

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { cwd, args, at } = JSON.parse(line) as Order;
  const output = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        output[name] += chunk;
        done();
      },
    });
  while (Date.now() < at) {} // all of them in the same millisecond, not when their line happens to arrive
  const status = await run([...args, '--json'], {
    stdin: Readable.from([]),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {},
    cwd,
    now: () => Date.now(),
    sleep: milliseconds => new Promise(done => setTimeout(done, milliseconds)),
  });
  console.log(JSON.stringify({ status, ...output }));
}
