/** inspect and journal: looking only, nothing is written. */
import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { readJson } from '../../shared/json.ts';
import { MAX_REQUEST_BYTES, outpointOf, type Request, referenceOf, requestFrom } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { blocksLeft } from '../../shared/schedule.ts';
import { readSignatures, type Signatures, verifySignatures } from '../../shared/signatures.ts';
import { readTrust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { showPaged } from '../ask.ts';
import { type Assessment, assess, issuanceFacts } from '../assess.ts';
import { heldMapping } from '../base.ts';
import { readFile } from '../disk.ts';
import { openHome } from '../home.ts';
import { claimScreen, profileScreen, reviewScreen } from '../review.ts';
import { count } from '../text.ts';
import type { Answer, World } from '../world.ts';

async function inspectRequest(world: World, request: Request, file: string, ignoreClock: boolean) {
  let assessment: Assessment | null = null;
  let refused: Refusal | null = null;
  try {
    assessment = assess(world, openHome(world), request, ignoreClock);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused = error;
  }
  await showPaged(world, assessment ? reviewScreen(assessment) : claimScreen(request));
  const json = {
    request: file,
    digest: request.digest,
    reviewCode: request.reviewCode,
    blocksLeft: blocksLeft(request.height),
    issuances: issuanceFacts(request),
    warnings: assessment?.warnings ?? [],
    refused: refused && { code: refused.code, message: refused.message, hint: refused.hint },
  };
  return { text: 'It may be signed.\n', json, refused };
}

/** Whether they are valid, where this signer can tell: it has signed the same request and holds its base. */
function verdict(world: World, signatures: Signatures): string {
  const { trust, memory } = openHome(world);
  const mine = memory.signed.find(({ request }) => request.digest === signatures.request)?.request;
  const base = mine && heldMapping(world, mine.base.mapping);
  if (!trust || !mine || !base) return 'Not verified: this signer has not signed that request.';
  verifySignatures(derive(mine, base, trust), signatures, trust);
  return `All valid: the mapping and ${count(signatures.transactions.length, 'transaction')}.`;
}

function inspectSignatures(world: World, signatures: Signatures): Answer {
  const { request, controller, transactions } = signatures;
  const code = reviewCode(request);
  const verified = verdict(world, signatures);
  const text = [
    `SIGNATURES of controller ${controller}`,
    `  Request       ${request}`,
    `  Review code   ${code}`,
    `  Signed        a mapping and ${count(transactions.length, 'transaction')}`,
    `  ${verified}\n`,
  ];
  const json = { digest: request, reviewCode: code, controller, transactions: transactions.length, verified };
  return { text: text.join('\n'), json };
}

export const inspect: Command = {
  operands: ['FILE'],
  flags: { 'ignore-clock': '' },
  summary: 'Shows a request as sign would, without signing; exit 1 if it would be refused. Also shows a',
  help: `signatures file or a trust profile.

Examples:
  signer inspect request.json
  signer inspect sign-7KQ4.json --json
`,
  async run(world, { operands: [file = ''], flags }) {
    const bytes = readFile(world.disk, file, MAX_REQUEST_BYTES);
    const value = readJson(bytes, file, MAX_REQUEST_BYTES);
    const type = value instanceof Map ? value.get('type') : undefined;
    if (type === 'countersign/signatures') return inspectSignatures(world, readSignatures(bytes, file));
    if (type !== 'countersign/trust')
      return await inspectRequest(world, requestFrom(value, file), file, flags.has('ignore-clock'));
    const trust = readTrust(bytes, file);
    const { digest, reviewCode, address } = trust;
    return { text: profileScreen(trust, null), json: { digest, reviewCode, address } };
  },
};

export const journal: Command = {
  operands: [],
  flags: {},
  summary: 'Lists what this signer has signed, and the newest mapping that it has seen.',
  help: `
Example:
  signer journal
`,
  async run(world) {
    const { memory, journal } = openHome(world);
    const { newest, signed } = memory;
    const lines = signed.flatMap(({ request, at }) => [
      `${at.slice(0, 16).replace('T', ' ')}  ${request.reviewCode}  height ${request.height}`,
      ...request.issuances.map(i => `    ${referenceOf(i)}  mass ${i.mass}\n      coin ${outpointOf(i.coin)}`),
    ]);
    const last = newest ? `height ${newest.height}, ${count(newest.assets, 'asset')}, ${newest.mapping}` : 'none';
    const text = [...lines, `${count(signed.length, 'request')} signed`, `Newest mapping seen: ${last}\n`];
    const json = {
      publicKey: memory.key,
      entries: journal.entries.length,
      head: journal.hash,
      newest,
      signed: signed.map(({ request, mapping, at }) => ({
        at,
        digest: request.digest,
        reviewCode: request.reviewCode,
        mapping,
        issuances: issuanceFacts(request),
      })),
    };
    return { text: text.join('\n'), json };
  },
};
