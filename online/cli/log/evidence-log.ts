/**
 * `--log FILE`: a permanent record of what was done, when, and with which digests. One JSON object on each
 * line. Lines are only appended. Each line is on the disk before the command continues.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refusal } from '../../../shared/errors.ts';
import { systemErrorText } from '../../platform/file-errors.ts';
import type { World } from '../../platform/world.ts';
import { version } from '../version.ts';
import { Redactor } from './redactor.ts';
import { firstLineRefusal, logEndsText, logUnusableRefusal, notALogRefusal } from './texts.ts';

const TYPE = 'countersign/log';
const FIRST = `{"type":"${TYPE}","version":1,`;
/**
 * Largest length of a member of a result, in characters of its JSON. A longer member, such as a list of
 * assets, is replaced by its size.
 */
const MAX_MEMBER = 16 * 1024;
const MAX_FILE = 64 * 1024 * 1024;

export class EvidenceLog {
  private readonly handle: number;
  private readonly path: string;
  private readonly name: string;
  private readonly world: World;
  private readonly redactor: Redactor;
  private readonly args: readonly string[];
  private failed = false;

  /**
   * @param name name of the file, as given
   * @param urls URLs of the node, whose passwords must not be logged
   * @throws Refusal FILE_EXISTS if the file is not a log, FILE_UNUSABLE if it cannot be written
   */
  constructor(world: World, name: string, args: readonly string[], urls: readonly (string | undefined)[]) {
    this.world = world;
    this.name = name;
    this.path = resolve(world.cwd, name);
    this.args = args;
    this.redactor = new Redactor(world.env, urls);
    try {
      this.handle = openSync(this.path, 'a+', 0o600);
      this.beginLine();
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw logUnusableRefusal(name, systemErrorText(error));
    }
  }

  /**
   * If a loss of power left the last line incomplete, the log continues on a new line. A file that is not a
   * log is not changed.
   */
  private beginLine(): void {
    const { size } = statSync(this.path);
    if (size === 0) return;
    const head = Buffer.alloc(FIRST.length);
    readSync(this.handle, head, 0, head.length, 0);
    if (head.toString('latin1') !== FIRST) {
      closeSync(this.handle);
      throw notALogRefusal(this.name);
    }
    const last = Buffer.alloc(1);
    readSync(this.handle, last, 0, 1, size - 1);
    if (last.toString() !== '\n') writeSync(this.handle, '\n');
  }

  /** @param command the words of the command, such as `map show` */
  begin(command: string): void {
    const args = this.redactor.arguments(this.args);
    this.add('begin', { command, arguments: args, program: version, process: process.pid });
    if (this.failed) throw firstLineRefusal(this.name);
  }

  add(event: string, members: object): void {
    const line = {
      type: TYPE,
      version: 1,
      time: new Date(this.world.now()).toISOString(),
      event,
      ...members,
    };
    try {
      writeSync(this.handle, `${JSON.stringify(this.redactor.value(line))}\n`);
      fsyncSync(this.handle);
    } catch (error) {
      // The person gets a message. A command that has begun continues, because it must not stop halfway. Only
      // if the first line cannot be written, `begin` stops the command.
      if (!this.failed) {
        this.world.stderr.write(logEndsText(this.name, systemErrorText(error)));
      }
      this.failed = true;
    }
  }

  /**
   * Writes the last line: the exit code, and the digests of the files that the arguments name. Files larger
   * than `MAX_FILE` are left out.
   */
  end(exit: number, members: object): void {
    this.add('end', { exit, ...members, files: this.files() });
    closeSync(this.handle);
  }

  private files(): { path: string; sha256: string }[] {
    const named = this.args.map(arg => /^--[a-z0-9-]+=(.*)$/s.exec(arg)?.[1] ?? arg);
    return [...new Set(named)].flatMap(path => {
      const file = resolve(this.world.cwd, path);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (file === this.path || !stats?.isFile() || stats.size > MAX_FILE) return [];
      try {
        return [{ path, sha256: sha256Hex(readFileSync(file)) }];
      } catch {
        return []; // The file is not readable, and the command has reported it.
      }
    });
  }
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The members of a result for the log, with large members replaced by their size. */
export function resultForLog(json: object): object {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const size = JSON.stringify(value)?.length ?? 0;
      if (size <= MAX_MEMBER) return [name, value];
      return [name, Array.isArray(value) ? `(${value.length} entries)` : `(${size} characters)`];
    }),
  );
}
