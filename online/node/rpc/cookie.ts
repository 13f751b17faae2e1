/** The node's cookie file: user and password that the node makes anew at each start, for programs beside it. */
import { join } from 'node:path';
import { Refusal } from '../../../shared/errors.ts';
import { fileKind } from '../../../shared/file-kind.ts';
import { named, readIfThere } from '../../platform/files.ts';

export interface Login {
  user: string;
  password: string;
}

const MAX_BYTES = 4096;
/** That of UTF-8, as latin1: an editor saved the file, no node writes it. */
const MARK = '\xef\xbb\xbf';
const WRITTEN =
  'The node writes it when it starts, unless rpcpassword is set, and removes it when it stops: start the node, or name its file with --node-cookie.';

export class Cookie {
  /** Where it may be; the first one that is there counts. */
  readonly paths: readonly string[];
  /** A person named it, so that it has to be there. */
  private readonly mustBe: boolean;

  private constructor(paths: readonly string[], mustBe: boolean) {
    this.paths = paths;
    this.mustBe = mustBe;
  }

  static at(path: string): Cookie {
    return new Cookie([path], true);
  }

  /**
   * Of a node on this computer, in the folders where it keeps its data unless told otherwise.
   * @param chains the names of the folders of chains, below that
   */
  static beside(home: string, chains: readonly string[]): Cookie {
    const folders = ['.bitcoin', '.ocean', '.elements', 'Library/Application Support/Bitcoin'];
    const places = folders.flatMap(folder =>
      [...chains, ''].map(chain => join(home, folder, chain, '.cookie')),
    );
    return new Cookie(places, false);
  }

  /** @throws Refusal FILE_MISSING, FILE_UNUSABLE, FORMAT_INVALID, never with what is in it */
  read(): Login | null {
    for (const path of this.paths) {
      const bytes = readIfThere(path, MAX_BYTES);
      if (!bytes) continue;
      const text = Buffer.from(bytes)
        .toString('latin1')
        .replace(/\r?\n$/, '');
      const match = /^([\x21-\x39\x3b-\x7e]+):([\x21-\x7e]+)$/.exec(text);
      if (match) return { user: match[1] as string, password: match[2] as string };
      const found = text.startsWith(MARK)
        ? 'a byte order mark in front'
        : (fileKind(bytes) ?? 'something else');
      throw new Refusal(
        'FORMAT_INVALID',
        `${named(path)}: expected the cookie file of a node, a line of user:password; found ${found} (not shown)`,
        'Name the file .cookie itself, as the node wrote it: in the folder of the node, below the folder of its chain.',
      );
    }
    if (!this.mustBe) return null;
    throw new Refusal('FILE_MISSING', `${named(this.paths[0] as string)}: there is no cookie file`, WRITTEN);
  }
}

/** Only a node on this computer is shown a secret that nobody named for it. */
export const isLocal = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
