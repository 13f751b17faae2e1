/** Path and name of a written request file. */
import { join, resolve } from 'node:path';
import { Refusal } from '../../../shared/errors.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest } from '../../../shared/request.ts';
import { checkOutputPath, readIfExisting, writeOutput } from '../../platform/files.ts';
import type { World } from '../../platform/world.ts';
import { stickUnusableRefusal } from './texts.ts';

export interface RequestOutputOptions {
  /** Folder of the USB stick, if configured. */
  stick: string | undefined;
  /** The file, if a person named one. */
  out: string | undefined;
  overwrite: boolean;
}

/** Writes the request to `request-THJN.json` on the USB stick or in this folder, unless a name is given. */
export class RequestOutput {
  private readonly world: Pick<World, 'cwd'>;
  private readonly options: RequestOutputOptions;

  constructor(world: Pick<World, 'cwd'>, options: RequestOutputOptions) {
    this.world = world;
    this.options = options;
  }

  private path(name: string): string {
    return resolve(this.world.cwd, name);
  }

  /**
   * @param name the file's own name, such as `typed.csv`
   * @returns path of a file beside the request: `typed.csv`, or `a-typed.csv` with `--out a.json`
   */
  beside(name: string): string {
    const { out, stick = '' } = this.options;
    return out === undefined ? join(stick, name) : `${out.replace(/\.[^./\\]*$/, '')}-${name}`;
  }

  /**
   * Checks that the file can be written. This function is called before a person is asked, or a proposal is
   * opened.
   * @throws Refusal FILE_EXISTS, FILE_UNUSABLE
   */
  check(): void {
    const { out, stick, overwrite } = this.options;
    if (out !== undefined) {
      checkOutputPath(this.path(out), { replace: overwrite });
      return;
    }
    try {
      checkOutputPath(this.path(join(stick ?? '', 'request')), { replace: true });
    } catch (error) {
      if (!(error instanceof Refusal) || stick === undefined) throw error;
      throw stickUnusableRefusal(error.code, stick);
    }
  }

  /**
   * Writes the file. With `--out`, an existing file is replaced only with `--overwrite`. Without `--out`, a
   * file of the same request is replaced, and any other file is kept.
   * @returns the name of the file, as printed
   */
  write(request: Request, bytes: Uint8Array): string {
    const { out, stick = '', overwrite } = this.options;
    if (out !== undefined) {
      writeOutput(this.path(out), bytes, { replace: overwrite });
      return out;
    }
    for (let i = 1; ; i++) {
      const number = i === 1 ? '' : `-${i}`;
      const name = join(stick, `request-${request.reviewCode.slice(0, 4)}${number}.json`);
      if (this.isOther(name, request)) continue;
      writeOutput(this.path(name), bytes, { replace: true });
      return name;
    }
  }

  /** True if a file has this name, and is not a file of this request, or cannot be read. */
  private isOther(name: string, request: Request): boolean {
    try {
      const bytes = readIfExisting(this.path(name), MAX_REQUEST_BYTES);
      return bytes !== null && readRequest(bytes, name).digest !== request.digest;
    } catch {
      return true;
    }
  }
}
