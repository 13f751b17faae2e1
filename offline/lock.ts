/** A lock that permits one running signer in a home. Two signers could append conflicting entries to the journal. */
import { checkThat } from '../shared/errors.ts';
import { checkHome, removeFile, systemErrorCode } from './disk-files.ts';
import type { World } from './world.ts';

/** True if the process runs. If not, the process that left the lock was killed, or the power failed. */
function isProcessRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}

/**
 * Runs `run` under the lock, a file named `lock.PID`. The existence of the file is the lock, so a lock cannot be half
 * written. While a process runs, no other process removes its file. Each process creates its file first and then looks
 * for other files. Of two processes, the later one sees the file of the earlier one, so the two never run together. It
 * may happen that both are refused.
 * @throws Refusal FILE_UNUSABLE
 */
export async function runUnderLock<T>(world: World, run: () => T | Promise<T>): Promise<T> {
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
      const hint = `Wait until the other signer has finished. If no signer is running, remove ${path}.`;
      checkThat(!isProcessRunning(pid), 'FILE_UNUSABLE', `${home}: in use by another signer (process ${pid})`, hint);
      removeFile(disk, path);
    }
    return await run();
  } finally {
    removeFile(disk, own);
  }
}
