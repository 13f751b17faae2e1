/** The command sign: review screen, typed review code, signatures. */
import { utf8 } from '../../shared/bytes.ts';
import { printableText } from '../../shared/errors.ts';
import { addDigest, MAX_REQUEST_BYTES, readRequest } from '../../shared/request.ts';
import { readSignatures, signaturesText, signDerivation } from '../../shared/signatures.ts';
import type { Command } from '../args.ts';
import { type Assessment, assessRequest } from '../assessment.ts';
import { storeMapping } from '../base-mapping.ts';
import { confirmCode, confirmText, showTextForCode, unlockKey } from '../confirmations.ts';
import { checkFileAbsent, checkWritable, fileExists, readFile, writeOutputFile } from '../disk-files.ts';
import { isRequestRemembered } from '../double-use.ts';
import { appendEntry } from '../journal.ts';
import { runUnderLock } from '../lock.ts';
import { compareWithNewest, memoryFromEntries, seenEntry, signedEntry } from '../memory.ts';
import { reviewScreen } from '../screen/review.ts';
import { type Home, openHome } from '../signer-home.ts';
import type { World } from '../world.ts';

/**
 * True if the output file exists and does not have this controller's signatures of the same request. Such signatures
 * may be overwritten, because signing again gives the same bytes.
 */
function isFileWithOtherContent(
  { disk }: World,
  out: string,
  { derivation: { request }, controller }: Assessment,
): boolean {
  if (!fileExists(disk, out)) return false;
  try {
    const found = readSignatures(readFile(disk, out, 256 * 1024));
    return found.request !== request.digest || found.controller !== controller;
  } catch {
    return true;
  }
}

/**
 * A file name beside the request, such as `sign-THJN-1.json`, for which {@link isFileWithOtherContent} is false.
 * Without `--out`, the launcher lets the signer write only files whose names begin with `sign-` in this folder.
 */
function unusedSignaturesPath(world: World, file: string, assessment: Assessment): string {
  const { derivation, controller } = assessment;
  const name = `${file.replace(/[^/]*$/, '')}sign-${derivation.request.reviewCode.slice(0, 4)}-${controller}`;
  let out = `${name}.json`;
  for (let i = 2; isFileWithOtherContent(world, out, assessment); i++) out = `${name}-${i}.json`;
  return out;
}

export const CHANGED_IN_MEMORY = 'the request changed in memory';

/** Exported for the test that changes the request between review and signing. */
export async function signAssessedRequest(world: World, home: Home, assessment: Assessment, out: string) {
  const { base, derivation, controller, trust } = assessment;
  const { request } = derivation;
  const privateKey = await unlockKey(world, home.key);
  if (addDigest(request).digest !== request.digest) throw new RangeError(CHANGED_IN_MEMORY);
  const signatures = signDerivation(derivation, controller, privateKey, trust);
  privateKey.fill(0);
  // The journal is written before the signatures leave the device. So even after a crash the signer knows what it
  // signed, and on which mapping.
  if (compareWithNewest(base.mapping, home.memory.newest) === 1)
    home.journal = appendEntry(world, home.journal, seenEntry(base.mapping));
  if (!isRequestRemembered(request, home.memory))
    home.journal = appendEntry(world, home.journal, signedEntry(derivation));
  storeMapping(world, base, memoryFromEntries(home.journal.entries));
  writeOutputFile(world.disk, out, request.reviewCode, utf8(signaturesText(signatures)));
}

export const signaturesWrittenText = (controller: number, file: string): string =>
  `Signed as controller ${controller}: ${file}`;

export const sign: Command = {
  operands: ['REQUEST'],
  flags: { out: 'SIGNATURES', confirm: 'CODE', alike: 'REFERENCES', 'ignore-clock': '' },
  help: `Shows a request, asks for the review code from the other screen, and signs.

  --out SIGNATURES    the file to write. Without this flag, a file beside REQUEST, such as sign-7KQ4-1.json
  --confirm CODE      for scripts: the review code. At a terminal, a person types it.
  --alike REFERENCES  for scripts: the references of bars that look like a bar signed here, separated by commas
  --ignore-clock      signs a request whose time is more than a day ahead of the clock of this device

Without a terminal, --confirm and SIGNER_PASSPHRASE are needed.`,
  example: '/media/usb/request-7KQ4.json',
  run: (world, { operands: [file = ''], flags }) =>
    runUnderLock(world, async () => {
      const home = openHome(world);
      const request = readRequest(readFile(world.disk, file, MAX_REQUEST_BYTES), file);
      const assessment = assessRequest(world, home, request, flags.has('ignore-clock'));
      const out = flags.get('out') ?? unusedSignaturesPath(world, file, assessment);
      checkWritable(world.disk, out, request.reviewCode);
      if (isFileWithOtherContent(world, out, assessment)) checkFileAbsent(world.disk, out);
      const text = reviewScreen(assessment);
      await showTextForCode(world, text, request.reviewCode);
      const alike = flags.get('alike')?.split(',');
      for (const [i, bar] of assessment.alike.entries())
        await confirmText(
          world,
          `the reference of bar ${bar.split('-', 1)}, which looks like a bar signed here`,
          '--alike REFERENCES',
          alike && (alike.at(i) ?? ''),
          bar,
        );
      await confirmCode(world, text, request.reviewCode, flags.get('confirm'));
      await signAssessedRequest(world, home, assessment, out);
      const { controller } = assessment;
      const json = { signatures: out, controller, reviewCode: request.reviewCode, digest: request.digest };
      const next = `Next: take this file to the PC of controller ${controller}, and run \`countersign next\` there.`;
      return { text: `${signaturesWrittenText(controller, printableText(out))}\n${next}`, json };
    }),
};
