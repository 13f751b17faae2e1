/**
 * Starts the online tool `countersign`, and reports a missing part of it. It imports no other file
 * statically.
 */
import { writeSync } from 'node:fs';

/** Node exits with this code when nothing can end a wait. */
const UNSETTLED = 13;
const AGAIN =
  'Install the program again: the file countersign.mjs and the complete folder countersign-parts/ beside it.';

/** Writes both lines at once, because the process may end before a stream has written them. */
function printRefusal(code: string, message: string, hint: string): void {
  process.exitCode = 1;
  try {
    writeSync(2, `error ${code}: ${message}\n${hint}\n`);
  } catch {
    // The standard error output cannot be written, so no message is possible.
  }
}

process.on('exit', () => {
  if (process.exitCode !== UNSETTLED) return;
  printRefusal(
    'INTERRUPTED',
    'the program ended while it waited',
    'Run `countersign status` to see the state of the proposal.',
  );
});

function reportUnforeseen(error: unknown): void {
  const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
  printRefusal('INTERNAL', `unexpected error: ${reason}`, 'Run the command again, and report this message.');
  process.exit();
}
process.on('uncaughtException', reportUnforeseen);

/** Older versions lack built-in functions that some commands import. */
const [major = 0, minor = 0] = process.version.slice(1).split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  const message = `Node: expected version 20.19 or later, got ${process.version.slice(1)} (${process.execPath})`;
  printRefusal(
    'FILE_UNUSABLE',
    message,
    'Install a newer Node, open a new terminal, and run the command again.',
  );
  process.exit();
}

try {
  await import('./cli/process-entry.ts');
} catch (error) {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  const part = /[\w-]+\.mjs(?=')/.exec(message)?.[0] ?? 'a part';
  if (code === 'ERR_MODULE_NOT_FOUND')
    printRefusal('FILE_MISSING', `${part} of the program is missing`, AGAIN);
  else if (error instanceof SyntaxError)
    printRefusal('FORMAT_INVALID', 'a part of the program is cut or changed', AGAIN);
  else if (syscall === 'uv_cwd')
    printRefusal(
      'FILE_MISSING',
      'the folder in which this command was started no longer exists',
      'Go to an existing folder, then run the command again.',
    );
  else throw error;
}
