// For the launcher's tests, instead of the signer: tries everything that the launcher must prevent, and prints results.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as inspector from 'node:inspector';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';

const attempt = run => {
  try {
    run();
    return 'DONE';
  } catch (error) {
    return error.code ?? error.name;
  }
};
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
const cut = await new Promise(resolve => {
  try {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
  } catch {
    resolve(true);
  }
});
writeFileSync('named', 'written');
process.kill(process.pid, 'SIGUSR1');
await new Promise(resolve => setTimeout(resolve, 300));
const found = {
  cut,
  env: Object.keys(process.env).sort(),
  arguments: [...process.execArgv, ...process.argv],
  limits: readFileSync('/proc/self/limits', 'utf8'),
  listening: inspector.url() !== undefined,
  readSecret: attempt(() => readFileSync('secret')),
  writeSecret: attempt(() => writeFileSync('secret', '')),
  writeProgram: attempt(() => writeFileSync('signer.mjs', '')),
  process: attempt(() => {
    throw spawnSync('true').error ?? new Error('ran');
  }),
  worker: attempt(() => new Worker('0', { eval: true })),
  evaluate: attempt(() => new Function('return 1')()),
  inspector: attempt(() => inspector.open(0)),
};
console.log(JSON.stringify(found));
process.exit(0);
