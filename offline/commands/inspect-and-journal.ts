/** The commands inspect and journal, which change nothing. */

import { barReference, outpointText } from '../../shared/changes.ts';
import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { FILE, readAsExpectedKind } from '../../shared/file-kind.ts';
import { readJson } from '../../shared/json.ts';
import { MAX_REQUEST_BYTES, parseRequest, type Request } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { readSignatures, type Signatures, verifySignatures } from '../../shared/signatures.ts';
import { blocksLeft } from '../../shared/token-schedule.ts';
import { readTrust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { type Assessment, assessRequest } from '../assessment.ts';
import { readStoredMapping } from '../base-mapping.ts';
import { changesJson } from '../changes-json.ts';
import { textWithHalfCode } from '../confirmations.ts';
import { readFile } from '../disk-files.ts';
import { showInPages } from '../paged-text.ts';
import { correctionEffect } from '../screen/correction.ts';
import { profileScreen } from '../screen/profile.ts';
import { refusedRequestScreen, reviewScreen } from '../screen/review.ts';
import { shownReference } from '../screen/screen-parts.ts';
import { openHome } from '../signer-home.ts';
import { countText, wrapLines } from '../text-layout.ts';
import type { Answer, World } from '../world.ts';

async function inspectRequest(world: World, request: Request, file: string, ignoreClock: boolean) {
  let assessment: Assessment | null = null;
  let refused: Refusal | null = null;
  try {
    assessment = assessRequest(world, openHome(world), request, ignoreClock);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused = error;
  }
  const { digest, reviewCode, height, issuances } = request;
  const screen = assessment ? reviewScreen(assessment) : refusedRequestScreen(request);
  await showInPages(world, textWithHalfCode(world, screen, reviewCode));
  const { endorsedBy = [], warnings = [] } = assessment ?? {};
  // Blocks left in the period matter only for issuances, because only their amounts depend on the request's height.
  const left = issuances.length > 0 ? blocksLeft(height) : null;
  const facts = { blocksLeft: left, ...changesJson(request, assessment?.derivation), endorsedBy, warnings };
  const why = refused && { code: refused.code, message: refused.message, hint: refused.hint };
  const json = { request: file, digest, reviewCode, ...facts, refused: why };
  return { text: 'This request can be signed.', json, refused };
}

export const NOT_VERIFIED = {
  unsigned: 'Not verified: this signer has not signed the request.',
  otherProfile: 'Not verified: the request was made for another trust profile than the pinned profile.',
  baseMissing: 'Not verified: this signer no longer has a copy of the base mapping of the request.',
};
export const verifiedText = (transactions: number): string =>
  `All signatures are valid: mapping and ${countText(transactions, 'transaction')}.`;

/**
 * A sentence: all signatures are valid, or the reason why they cannot be verified. To verify them, this signer must
 * have signed the same request for the pinned profile, and must have a copy of the request's base mapping.
 * @throws Refusal if a signature is not valid
 */
function signaturesVerdict(world: World, signatures: Signatures): string {
  const { trust, memory } = openHome(world);
  const mine = memory.signed.find(({ request }) => request.digest === signatures.request)?.request;
  if (!mine) return NOT_VERIFIED.unsigned;
  if (mine.trust !== trust?.digest) return NOT_VERIFIED.otherProfile;
  const base = readStoredMapping(world, mine.base.mapping);
  if (!base) return NOT_VERIFIED.baseMissing;
  verifySignatures(derive(mine, base, trust), signatures, trust);
  return verifiedText(signatures.transactions.length);
}

function inspectSignatures(world: World, signatures: Signatures): Answer {
  const { request, controller, transactions } = signatures;
  const code = reviewCode(request);
  const verified = signaturesVerdict(world, signatures);
  const json = { digest: request, reviewCode: code, controller, transactions: transactions.length, verified };
  const columns = `SIGNATURES of controller ${controller}, for the mapping and ${countText(transactions.length, 'transaction')}
  Request       ${request}
  Review code   ${code}`;
  return { columns: textWithHalfCode(world, columns, code), text: `  ${verified}`, json };
}

export const inspect: Command = {
  operands: ['FILE'],
  flags: { 'ignore-clock': '' },
  help: `Shows a request as sign does, but does not sign it. The exit code is 1 if sign would
refuse the request. Also shows a signatures file or a trust profile.`,
  example: 'request.json',
  async run(world, { operands: [file = ''], flags }) {
    const bytes = readFile(world.disk, file, MAX_REQUEST_BYTES);
    const value = readAsExpectedKind(bytes, file, FILE.request, () => readJson(bytes, file, MAX_REQUEST_BYTES));
    const type = value instanceof Map ? value.get('type') : undefined;
    if (type === 'countersign/signatures') return inspectSignatures(world, readSignatures(bytes, file));
    if (type !== 'countersign/trust')
      return await inspectRequest(
        world,
        readAsExpectedKind(bytes, file, FILE.request, () => parseRequest(value, file)),
        file,
        flags.has('ignore-clock'),
      );
    const trust = readTrust(bytes, file);
    const { digest, reviewCode, address } = trust;
    await showInPages(world, textWithHalfCode(world, profileScreen(trust, null), reviewCode));
    return { text: 'This profile is only shown. `signer trust FILE` pins it.', json: { digest, reviewCode, address } };
  },
};

function changeLines({ issuances, redemptions, corrections, reason }: Request): string[] {
  return [
    ...issuances.flatMap(i => [
      `    ${barReference(i)}  ${i.mass} fine troy ounces`,
      `      coin ${outpointText(i.coin)}`,
    ]),
    ...redemptions.flatMap(({ reference, mass, height, burns }) => [
      `    ${shownReference(reference)}  redeemed, ${mass} fine troy ounces, height ${height}`,
      ...burns.map(burn => `      burn ${outpointText(burn)}`),
    ]),
    ...(reason === undefined ? [] : wrapLines('    ', reason)),
    ...corrections.map(one => `    ${shownReference(one.reference)}  ${correctionEffect(one)}`),
  ];
}

export const journal: Command = {
  help: `Lists the requests that this signer has signed, the decisions of its controller
(rollback and release), and the newest mapping that it has built on.`,
  async run(world) {
    const { memory, journal } = openHome(world);
    const { newest, signed, overruled } = memory;
    const lines = signed.flatMap(({ request, at }) => [
      `${at.slice(0, 16).replace('T', ' ')} UTC  ${request.reviewCode}  height ${request.height}`,
      ...changeLines(request),
    ]);
    const last = newest ? `height ${newest.height}, ${countText(newest.assets, 'asset')}, ${newest.mapping}` : 'none';
    const text = [...overruled, `${countText(signed.length, 'request')} signed`, `Newest mapping built on: ${last}`];
    const json = signed.map(({ request, mapping, at }) => {
      const { digest, reviewCode } = request;
      return { at, digest, reviewCode, mapping, ...changesJson(request) };
    });
    const { entries, hash } = journal;
    const facts = { publicKey: memory.key, entries: entries.length, head: hash, newest, signed: json, overruled };
    return { ...(lines.length > 0 && { columns: lines.join('\n') }), text: text.join('\n'), json: facts };
  },
};
