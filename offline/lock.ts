/** One signer at a time in a home: two could each append to the journal what the other does not know. */
import { check } from '../shared/errors.ts';
import { checkHome, errorCode, remove } from './disk.ts';
import type { World } from './world.ts';

/** Whether that process runs; if not, it was killed, or the power went. */
function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/**
 * The lock is the name of a file, `lock.PID`: it is there with its content, or it is not, and nobody but its process
 * removes it while that runs. Each makes its own first and looks for others then: of two at once, the later one to look
 * sees the other, so that never both go on (but both may be told to wait).
 */
export async function withLock<T>(world: World, run: () => T | Promise<T>): Promise<T> {
  const { disk, home } = world;
  checkHome(disk, home);
  const own = `${home}/lock.${process.pid}`;
  const { O_WRONLY, O_CREAT } = disk.constants;
  disk.closeSync(disk.openSync(own, O_WRONLY | O_CREAT, 0o600));
  try {
    for (const name of disk.readdirSync(home)) {
      const pid = Number(/^lock\.([0-9]+)$/.exec(name)?.[1] ?? process.pid);
      if (pid === process.pid) continue;
      const path = `${home}/${name}`;
      const hint = `Let it finish; if no signer is running, remove ${path}.`;
      check(!runs(pid), 'FILE_UNUSABLE', `${home}: in use by another signer (process ${pid})`, hint);
      remove(disk, path);
    }
    return await run();
  } finally {
    remove(disk, own);
  }
}
