/** `countersign record`: a page to print and sign, for a proposal or for the key ceremony. */
import { resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { barsOfChanges, kindOfChange } from '../../../../shared/changes.ts';
import { checkOutputPath, freeFileName, writeOutput } from '../../../platform/files.ts';
import { readCeremonyRecord } from '../../../report/paper/ceremony-record.ts';
import { readProposalRecord } from '../../../report/paper/proposal-record.ts';
import { ceremonyPageHtml, proposalPageHtml } from '../../../report/paper/record-page.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { overwriteOption } from '../options.ts';
import { recordWrittenText } from './texts.ts';

export class RecordCommand extends ConfiguredCommand {
  static override paths = [['record']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'write a record to print and sign, of a proposal or of the key ceremony',
    details:
      'The page has the bars, the review code, the controllers who signed, the transactions with their blocks, and the mapping before and after. This data comes from the ledger and the chain. If something is not known, the page says so. Without a name, the command records the open proposal. If no proposal is open, it records the proposal that was published last. Nothing is written to the store.',
    examples: [
      ['The open proposal, or the proposal published last', '$0 record'],
      ['The proposal published last, if another proposal is open', '$0 record --published'],
      ['Another proposal, named by the start of its review code', '$0 record THJN'],
      ['The key ceremony', '$0 record --ceremony'],
    ],
  });
  proposal = Option.String({ required: false, name: 'PROPOSAL' });
  published = Option.Boolean('--published', false, {
    description: 'write the page of the proposal that was published last',
  });
  ceremony = Option.Boolean('--ceremony', false, {
    description: 'write the page of the key ceremony, instead of a proposal',
  });
  out = Option.String('--out', {
    description: 'the page to write (default record-CODE.html, in this folder)',
  });
  overwrite = overwriteOption();

  async main(): Promise<Result> {
    const named = [
      this.ceremony && '--ceremony',
      this.published && '--published',
      this.proposal && 'a proposal',
    ];
    const [one, other] = named.filter(Boolean);
    if (other) throw new UsageError(`expected one of ${one} and ${other}, got both`);
    // The output file is checked before the work, so that the person learns early if it cannot be written.
    if (this.out !== undefined)
      checkOutputPath(resolve(this.world.cwd, this.out), { replace: this.overwrite });
    const services = await this.services();
    const { trust, world } = services;
    const { reviewCodeSvg } = await import('../../../transfer/qr/drawing/svg.ts');
    if (this.ceremony) {
      const record = await readCeremonyRecord(services);
      const made = { now: world.now(), qr: reviewCodeSvg(trust.reviewCode) };
      const out = this.write('record-ceremony.html', ceremonyPageHtml(record, trust, made));
      const { publicKeys, mapping, coins, firstBlock, notes } = record;
      return {
        json: { out, profile: trust.reviewCode, publicKeys, mapping, coins, firstBlock, notes },
        text: recordWrittenText(out, `the key ceremony of ${trust.reviewCode}`, notes.length),
      };
    }
    const record = await readProposalRecord(services, this.proposal, this.published);
    const { proposal, reviewCode, derivation, notes } = record;
    const page = proposalPageHtml(record, trust, { now: world.now(), qr: reviewCodeSvg(reviewCode) });
    const out = this.write(`record-${reviewCode}.html`, page);
    const json = {
      ...{ out, digest: proposal.request, reviewCode, state: proposal.status },
      does: derivation && kindOfChange(derivation.request),
      bars: derivation ? barsOfChanges(derivation.request) : [...proposal.reserves.keys()],
      controllers: record.controllers,
      transactions: record.transactions,
      mapping: record.mapping,
      height: record.tip?.height ?? null,
      notes,
    };
    return {
      json,
      text: recordWrittenText(out, `the proposal ${reviewCode} (${proposal.status})`, notes.length),
    };
  }

  /** @returns the name of the file */
  private write(name: string, page: string): string {
    const out = this.out ?? (this.overwrite ? name : freeFileName(this.world.cwd, name));
    writeOutput(resolve(this.world.cwd, out), utf8(page), { replace: this.overwrite });
    return out;
  }
}
