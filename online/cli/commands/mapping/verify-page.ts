/** `countersign verify-page`: the page with which a token holder checks the mapping. */
import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { bytesToHex, utf8 } from '../../../../shared/bytes.ts';
import { sha256 } from '../../../../shared/hash.ts';
import { MAX_MAPPING_BYTES } from '../../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { keys } from '../../../ledger/object-keys.ts';
import { readVerifiedMapping } from '../../../ledger/stored-mappings.ts';
import { writeOutput } from '../../../platform/files.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { overwriteOption } from '../options.ts';
import { nothingToCheckRefusal } from './texts.ts';

export class VerifyPageCommand extends ConfiguredCommand {
  static override paths = [['verify-page']];
  static override usage = Command.Usage({
    category: 'The mapping',
    description: 'write the page on which a token holder checks the mapping in a browser',
    details:
      'The page is one file. It contains the trust profile, and needs nothing else. Opened from disk, the page checks a map.json that the holder chooses or drops on it. Beside map.json on a web server, or in the bucket (`--publish`), the page loads map.json by itself. Publish the digest of the profile in another place too: a person who can replace the page can put other keys into it.',
    examples: [
      ['As a file', '$0 verify-page --out verify.html'],
      ['Beside map.json, for everyone to read', '$0 verify-page --publish'],
    ],
  });
  out = Option.String('--out', {
    description: 'the file to write (default verify.html, unless --publish is given)',
  });
  overwrite = overwriteOption();
  publish = Option.Boolean('--publish', false, {
    description: 'write the page to the store, beside map.json, readable by everyone',
  });

  async main(): Promise<Result> {
    const trust = this.trust();
    const { makeHoldersPage } = await import('../../../holders/make-holders-page.ts');
    const page = utf8(makeHoldersPage(trust));
    // The page is written to the store first, so that no file is written if the store refuses the page.
    const published = this.publish ? await this.put(page, trust) : null;
    const out = this.out ?? (this.publish ? undefined : keys.holdersPage);
    if (out !== undefined) writeOutput(resolve(this.world.cwd, out), page, { replace: this.overwrite });
    const places = [out, published].filter(place => place !== undefined && place !== null);
    const hash = bytesToHex(sha256(page));
    return {
      json: { out: out ?? null, published, sha256: hash, digest: trust.digest, reviewCode: trust.reviewCode },
      text: [
        `The page is in ${places.join(' and ')}.`,
        `SHA-256 of the page         ${hash}`,
        `Digest of the trust profile ${trust.digest}`,
        `Review code of the profile  ${trust.reviewCode}`,
        'Publish the SHA-256 and the digest in a place that holders know, apart from the page.\n',
      ].join('\n'),
    };
  }

  /**
   * Writes the page to the store. First checks the published mapping with the profile, because a page with
   * other keys would call every mapping invalid.
   * @returns the place of the page
   */
  private async put(page: Uint8Array, trust: Trust): Promise<string> {
    const store = await this.store();
    const mapping = await store.get(keys.mapping, MAX_MAPPING_BYTES);
    if (!mapping) throw nothingToCheckRefusal(store.name);
    readVerifiedMapping(mapping, keys.mapping, trust);
    await store.put(keys.holdersPage, page, { contentType: 'text/html; charset=utf-8', publicRead: true });
    return `${store.name}/${keys.holdersPage}`;
  }
}
