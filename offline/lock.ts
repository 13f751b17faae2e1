/** One signer at a time in a home: two could each append to the journal what the other does not know. */
import { join } from 'node:path';
import { ascii, utf8 } from '../shared/bytes.ts';
import { check } from '../shared/errors.ts';
import { checkHome, errorCode, readFile, remove } from './disk.ts';
import type { World } from './world.ts';

/** The process that holds the lock, or 0 if it no longer runs: it was killed, or the power went. */
function holder(world: World, path: string): number {
  // Without its line end the number was cut off by a loss of power.
  const pid = Number(/^([0-9]+)\n$/.exec(ascii(readFile(world.disk, path, 64)))?.[1] ?? process.pid);
  try {
    return pid !== process.pid && process.kill(pid, 0) ? pid : 0;
  } catch (error) {
    return errorCode(error) === 'ESRCH' ? 0 : pid;
  }
}

export async function withLock<T>(world: World, run: () => T | Promise<T>): Promise<T> {
  const { disk } = world;
  checkHome(disk, world.home);
  const path = join(world.home, 'lock');
  const take = () => {
    const { O_WRONLY, O_CREAT, O_EXCL } = disk.constants;
    const fd = disk.openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    disk.writeSync(fd, utf8(`${process.pid}\n`));
    disk.closeSync(fd);
  };
  try {
    take();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const pid = holder(world, path);
    const hint = `Let it finish; if no signer is running, remove ${path}.`;
    check(pid === 0, 'FILE_UNUSABLE', `${world.home}: in use by another signer (process ${pid})`, hint);
    remove(disk, path);
    take();
  }
  try {
    return await run();
  } finally {
    remove(disk, path);
  }
}
