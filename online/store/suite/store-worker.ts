/** For tests only: one of several processes that use a store at once; see `start-workers.ts`. */
import { createInterface } from 'node:readline';
import { openStore } from '../open-store.ts';
import { type Job, selfCheckingBytes } from './start-workers.ts';

const job = JSON.parse(process.argv[2]!) as Job;
const store = await openStore(job.spec, job.open);
if (job.mode === 'create') {
  await store.get('warm-up'); // connects before the race
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const { key, at } = JSON.parse(line) as { key: string; at: number };
    const bytes = selfCheckingBytes(job.id);
    while (Date.now() < at) {} // Waits, so that all processes start in the same millisecond.
    console.log(await store.create(key, bytes).then(String, error => `${error.code}: ${error.message}`));
  }
} else {
  process.stdin.resume().on('end', () => process.exit()); // exits if the test has ended
  console.log('ready');
  for (let n = 0; ; n = (n + 1) % 100_000) {
    if (job.mode === 'fill') await store.create(`fill/${job.id}-${n}`, selfCheckingBytes(n % 256));
    await store.put('replaced', selfCheckingBytes((job.id + n) % 256));
  }
}
