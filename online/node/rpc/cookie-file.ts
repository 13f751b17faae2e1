/**
 * The node's cookie file: user and password that the node creates at each start for programs on the same
 * computer.
 */
import { join } from 'node:path';
import { fileKind } from '../../../shared/file-kind.ts';
import { printablePath, readIfExisting } from '../../platform/files.ts';
import { BYTE_ORDER_MARK, cookieMissingRefusal, notACookieRefusal, OTHER_CONTENT } from './texts/settings.ts';

export interface Login {
  user: string;
  password: string;
}

const MAX_BYTES = 4096;
/** A UTF-8 byte order mark, read as latin1. Nodes never write it, but some editors do. */
const MARK = '\xef\xbb\xbf';
export class CookieFile {
  /** Possible paths of the file. The first file that exists is used. */
  readonly paths: readonly string[];
  /** True if a person named the file, so that it must exist. */
  private readonly mustBe: boolean;

  private constructor(paths: readonly string[], mustBe: boolean) {
    this.paths = paths;
    this.mustBe = mustBe;
  }

  static at(path: string): CookieFile {
    return new CookieFile([path], true);
  }

  /**
   * The cookie file of a node on this computer, in one of the default data folders.
   * @param chains names of the folders that a data folder may have for its chain
   */
  static beside(home: string, chains: readonly string[]): CookieFile {
    const folders = ['.bitcoin', '.ocean', '.elements', 'Library/Application Support/Bitcoin'];
    const places = folders.flatMap(folder =>
      [...chains, ''].map(chain => join(home, folder, chain, '.cookie')),
    );
    return new CookieFile(places, false);
  }

  /**
   * @returns null if there is no such file, and no person named one
   * @throws Refusal FILE_MISSING, FILE_UNUSABLE, FORMAT_INVALID; no message has the file's content
   */
  read(): Login | null {
    for (const path of this.paths) {
      const bytes = readIfExisting(path, MAX_BYTES);
      if (!bytes) continue;
      const text = Buffer.from(bytes)
        .toString('latin1')
        .replace(/\r?\n$/, '');
      const match = /^([\x21-\x39\x3b-\x7e]+):([\x21-\x7e]+)$/.exec(text);
      if (match) return { user: match[1] as string, password: match[2] as string };
      const found = text.startsWith(MARK) ? BYTE_ORDER_MARK : (fileKind(bytes) ?? OTHER_CONTENT);
      throw notACookieRefusal(printablePath(path), found);
    }
    if (!this.mustBe) return null;
    throw cookieMissingRefusal(printablePath(this.paths[0] as string));
  }
}

/** True if the host is this computer. Only then does the client use a cookie file that no person named. */
export const isLocalHost = (hostname: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
