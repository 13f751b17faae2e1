/**
 * What this PC remembers beside the store, in `.countersign/` of the working folder: the newest mapping it has seen, the
 * requests it prepared or reviewed, and which coin each asset was put on. Losing it loses convenience, never an issuance.
 */
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { Fields } from '../../shared/fields.ts';
import { readJson } from '../../shared/json.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest, requestText } from '../../shared/request.ts';
import { systemReason } from './file-errors.ts';
import { readIfThere, writeOutput } from './files.ts';
import type { World } from './world.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_HELD = 200_000;
const MAX_HELD_BYTES = 80 * MAX_HELD;

/** As a mapping of any age may write it; text that is no number would be older than nothing. */
const TIME = /^-?[0-9]{1,20}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$/;

export interface SeenMapping {
  digest: string;
  time: string;
  height: number;
}

/** What the digest covers and nothing else: the same bytes on every PC and in the store. */
export function keptRequest({ endorsements: _, ...request }: Request): string {
  return requestText({ ...request, base: { mapping: request.base.mapping } });
}

export class LocalState {
  readonly folder: string;

  constructor(world: World) {
    this.folder = join(world.cwd, '.countersign');
  }

  private write(name: string, text: string): void {
    const path = join(this.folder, name);
    try {
      mkdirSync(join(path, '..'), { recursive: true });
    } catch (error) {
      throw new Refusal(
        'FILE_UNUSABLE',
        `${this.folder}: cannot be made, ${systemReason(error)}`,
        'Run the command in a folder that can be written to.',
      );
    }
    writeOutput(path, utf8(text), { replace: true });
  }

  get seen(): SeenMapping | null {
    const path = join(this.folder, 'seen.json');
    const bytes = readIfThere(path, MAX_BYTES);
    if (!bytes) return null;
    try {
      const fields = new Fields(readJson(bytes, path, MAX_BYTES), '', ['digest', 'time', 'height']);
      return {
        digest: fields.hex('digest', 32),
        time: fields.text('time', TIME, 'a number'),
        height: fields.integer('height', 0, Number.MAX_SAFE_INTEGER),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(
        'FILE_UNUSABLE',
        `${path}: what this PC noted of the newest mapping that it saw is damaged: ${error.message}`,
        'Delete this file: it is written anew. What is lost is that this PC would notice an older mapping; compare the digest in `countersign map show` with the other controllers once.',
      );
    }
  }

  /** Whether it is another mapping than the newest seen, and of an earlier time or height. */
  isOlder(mapping: Mapping): boolean {
    const { seen } = this;
    if (!seen || seen.digest === mapping.digest) return false;
    return Number(mapping.time) < Number(seen.time) || mapping.height < seen.height;
  }

  /**
   * Time and height run together in what is signed: digits may be moved from one to the other under the same signatures.
   * @throws Refusal ROLLBACK if it is older than the newest seen before, OBJECT_INVALID if it is that one, so changed
   */
  checkNotOlder(mapping: Mapping): void {
    const { seen } = this;
    if (!seen) return;
    const isSame = mapping.height === seen.height && Number(mapping.time) === Number(seen.time);
    if (seen.digest === mapping.digest && !isSame) {
      throw new Refusal(
        'OBJECT_INVALID',
        `map.json: expected time ${seen.time} and height ${seen.height}, as this PC saw them, got ${mapping.time} and ${mapping.height} under the same signatures`,
        `Someone changed the store: call the other controllers. history/${seen.digest}.json has the mapping as it was.`,
      );
    }
    if (!this.isOlder(mapping)) return;
    throw new Refusal(
      'ROLLBACK',
      `map.json: this PC has seen the mapping ${seen.digest.slice(0, 16)}... of height ${seen.height}, the store holds the older ${mapping.digest.slice(0, 16)}... of height ${mapping.height}`,
      'Find out who put the older mapping back before anything is issued; every published one lies in history/. `countersign status` knows the one case in which it is right: when the chain has tokens that only the older one can be followed by.',
    );
  }

  /** Notes a verified mapping as seen. @throws Refusal ROLLBACK */
  see(mapping: Mapping): void {
    this.checkNotOlder(mapping);
    this.takeBack(mapping);
  }

  /** Notes a verified mapping as the newest, whatever was seen before: for who knows why an older one is right. */
  takeBack(mapping: Mapping): void {
    if (this.seen?.digest === mapping.digest) return;
    const { digest, time, height } = mapping;
    this.write('seen.json', `${JSON.stringify({ digest, time, height })}\n`);
  }

  /**
   * Which mappings and requests a mapping holds all tokens of, so that the history need not be read each time. It is true of
   * what the digests name, in whichever store; a damaged one is as good as none.
   */
  get held(): { mapping: string; holds: string[] } | null {
    const path = join(this.folder, 'held.json');
    try {
      const bytes = readIfThere(path, MAX_HELD_BYTES);
      if (!bytes) return null;
      const fields = new Fields(readJson(bytes, path, MAX_HELD_BYTES), '', ['mapping', 'holds']);
      const holds = fields.list('holds', 0, MAX_HELD).map(one => (typeof one === 'string' ? one : ''));
      return { mapping: fields.hex('mapping', 32), holds };
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** A full disk costs only that it is read again. */
  hold(mapping: string, holds: readonly string[]): void {
    const before = this.held;
    const same = before?.mapping === mapping && before.holds.length === holds.length;
    if (same && holds.every(one => before.holds.includes(one))) return;
    try {
      this.write('held.json', `${JSON.stringify({ mapping, holds: [...holds].sort() })}\n`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  keepRequest(request: Request): void {
    this.write(join('requests', `${request.digest}.json`), keptRequest(request));
  }

  /** A copy that is damaged is as good as none: the store has another, and so has the file that was signed. */
  request(digest: string): Request | null {
    const path = join(this.folder, 'requests', `${digest}.json`);
    try {
      const bytes = readIfThere(path, MAX_REQUEST_BYTES);
      const request = bytes && readRequest(bytes, path);
      return request?.digest === digest ? request : null;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** Requests that were prepared or reviewed here: one may be signed and never submitted. */
  requests(): Request[] {
    let names: string[] = [];
    try {
      names = readdirSync(join(this.folder, 'requests')).sort();
    } catch {
      return []; // nothing was prepared here yet
    }
    return names.flatMap(name => this.request(name.replace(/\.json$/, '')) ?? []);
  }

  /**
   * A line of evidence: what was done and when; never a secret. Kept for people, read by no step, so that a full disk here
   * stops nothing.
   * @returns whether it was written
   */
  note(now: number, event: string, details: Record<string, string | number | readonly string[]>): boolean {
    const line = JSON.stringify({ at: new Date(now).toISOString(), event, ...details });
    try {
      mkdirSync(this.folder, { recursive: true });
      appendFileSync(join(this.folder, 'journal.jsonl'), `${line}\n`);
      return true;
    } catch {
      return false;
    }
  }
}
