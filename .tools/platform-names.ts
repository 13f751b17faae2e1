/**
 * The names of all members that objects of the platform have. These objects are the globals, the streams, and
 * the built-in modules with access to files, processes or a network.
 */
import * as childProcess from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as moduleOf from 'node:module';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tty from 'node:tty';
import * as vm from 'node:vm';
import * as workers from 'node:worker_threads';

const roots: unknown[] = [
  ...[globalThis, process],
  ...[childProcess, crypto, fs, moduleOf, net, os, path, tty, vm, workers],
  ...[
    function* () {},
    async () => {},
    async function* () {},
    [].values(),
    new Map().entries(),
    ''.matchAll(/x/g),
  ],
];
/** Members that exist only in newer Node versions. */
const NEWER_MEMBERS = [
  'getBuiltinModule',
  'loadEnvFile',
  'finalization',
  'execve',
  'registerHooks',
  'runMain',
  'addUncaughtExceptionCaptureCallback',
];

function collectPlatformNames(): Set<string> {
  const names = new Set<string>(NEWER_MEMBERS);
  const seen = new Set<unknown>();
  for (let found = roots.pop(); seen.size < 100_000; found = roots.pop()) {
    if (found === undefined && roots.length === 0) break;
    if ((typeof found !== 'object' && typeof found !== 'function') || found === null || seen.has(found))
      continue;
    seen.add(found);
    for (const [name, { value, get, set }] of Object.entries(Object.getOwnPropertyDescriptors(found))) {
      if (!/^[0-9]+$/.test(name)) names.add(name);
      roots.push(value, get, set);
    }
    roots.push(Object.getPrototypeOf(found));
  }
  return names;
}

export const PLATFORM_NAMES: ReadonlySet<string> = collectPlatformNames();
