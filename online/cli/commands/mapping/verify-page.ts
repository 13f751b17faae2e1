/** `countersign verify-page`: the page with which a token holder checks the mapping. */
import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { keys } from '../../../ledger/objects.ts';
import { writeOutput } from '../../../platform/files.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

export class VerifyPage extends ConfiguredCommand {
  static override paths = [['verify-page']];
  static override usage = Command.Usage({
    category: 'The mapping',
    description: 'the page with which a token holder checks the mapping in a browser',
    details:
      'One file that holds the trust profile and needs nothing else. Opened from disk it checks a map.json that is chosen or dropped; beside map.json on a web server, or in the bucket (`--publish`), it loads that itself. Publish the digest of the profile elsewhere too: who can replace the page can put other keys into it.',
    examples: [
      ['As a file', '$0 verify-page --out verify.html'],
      ['Beside map.json, for everyone to read', '$0 verify-page --publish'],
    ],
  });
  out = Option.String('--out', { description: 'the file to write (verify.html, unless it is published)' });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace the file if it is there' });
  publish = Option.Boolean('--publish', false, {
    description: 'put it into the store, beside map.json, readable by everyone',
  });

  async main(): Promise<Result> {
    const trust = this.trust();
    const { verifyPage } = await import('../../../holders/verify-page.ts');
    const page = utf8(verifyPage(trust));
    const out = this.out ?? (this.publish ? undefined : keys.holdersPage);
    if (out !== undefined) writeOutput(resolve(this.world.cwd, out), page, { replace: this.overwrite });
    const published = this.publish ? await this.put(page) : null;
    const places = [out, published].filter(place => place !== undefined && place !== null);
    return {
      json: { out: out ?? null, published, digest: trust.digest, reviewCode: trust.reviewCode },
      text: `The page is in ${places.join(' and ')}. It carries the trust profile ${trust.reviewCode}, digest\n${trust.digest}\nPublish this digest where holders find it, apart from the page.\n`,
    };
  }

  private async put(page: Uint8Array): Promise<string> {
    const store = await this.store();
    await store.put(keys.holdersPage, page, { contentType: 'text/html; charset=utf-8', publicRead: true });
    return `${store.name}/${keys.holdersPage}`;
  }
}
