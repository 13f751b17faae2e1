/** Where the open proposal stands, and what comes next. */
import { Refusal } from '../../shared/errors.ts';
import { blocksLeft, PERIOD, periodOf } from '../../shared/schedule.ts';
import type { Tip } from '../node/node.ts';
import { counted } from '../platform/text/words.ts';
import { blocksText } from '../platform/waiting.ts';
import { sayControllers } from '../report/views/mapping-view.ts';
import { type Absent, fetchAbsent } from './absent.ts';
import { findBase } from './bases.ts';
import { BLOCKS_NEEDED } from './chain.ts';
import { chainState } from './chain-state.ts';
import { fetchDecision } from './decision.ts';
import { fetchPublished } from './fetch-published.ts';
import { displaced, givenUpTokens, looseTokens } from './loose-tokens.ts';
import { lostIssuances, lostText } from './lost.ts';
import { draftsOf, fetchGivenUp } from './pins.ts';
import {
  type Listing,
  listProposals,
  type OpenRequests,
  openRequests,
  type Proposal,
  readProposal,
  requestInTurn,
} from './proposals.ts';
import type { Published } from './published.ts';
import { absentText, replacedPublished } from './replaced.ts';
import { publishedUnmarked } from './rival.ts';
import type { Services } from './services.ts';

export type State = 'none' | 'proposed' | 'signed' | 'claimed' | 'sent' | 'confirmed';

export interface Status {
  state: State;
  /** A sentence: what to do. */
  next: string;
  published: Published;
  proposal?: Proposal;
  /** Indices of controllers who have not signed. */
  missing: number[];
  required: number;
  /** Null where the node does not tell. */
  height: number | null;
  /** Why the node does not tell anything: what the store says is all that is known. */
  problem?: Refusal;
}

/** Who may still sign, until when, and how. */
function signing(have: readonly number[], missing: readonly number[], needed: number, time: string): string {
  const all = missing.length === needed;
  const others = all
    ? sayControllers(missing)
    : `controller ${missing.slice(0, -1).join(', ')} or ${missing.at(-1)}`;
  const [lacking, who, then] =
    needed === 1
      ? ['1 more signature is', all ? 'this one' : 'one of them', '`countersign finalise`']
      : [
          `${needed} more signatures are`,
          all ? 'each of them' : 'each who signs',
          '`countersign submit`, the last one `countersign finalise`',
        ];
  return `Signed by ${sayControllers(have)}; ${lacking} needed, of ${others},${time}: ${who} runs \`countersign review\`, signs on the isolated laptop, and then runs ${then}.`;
}

function nextStep(
  state: State,
  { trust }: Services,
  proposal: Proposal,
  missing: number[],
  height: number,
): string {
  const have = proposal.signatures.map(s => s.controller);
  const since = proposal.request.height;
  const over = periodOf(height) > periodOf(since);
  const left = blocksLeft(height);
  const time = over ? '' : ` within ${blocksText(left)}`;
  const who = state === 'proposed' ? '' : `Signed by ${sayControllers(have)}. `;
  const again = 'give it up with `countersign abandon` and prepare it again';
  if (state === 'proposed' || state === 'signed' || state === 'claimed') {
    if (periodOf(height) < periodOf(since))
      return `${have.length > 0 ? `Signed by ${sayControllers(have)}. ` : ''}Its period begins with block ${periodOf(since) * PERIOD}, and the node is at block ${height}: wait until it has that one.`;
    if (over) return `Its period is over: ${again}.`;
    if (left < BLOCKS_NEEDED)
      return `Only ${blocksText(left)} of its period are left, too few to begin: at block ${(periodOf(since) + 1) * PERIOD}, ${again}.`;
  }
  switch (state) {
    case 'proposed':
      return signing(have, missing, trust.n - have.length, time);
    case 'signed':
      return `${who}All that is needed: run \`countersign finalise\`${time}.`;
    case 'claimed':
      return `${who}Begun, nothing is on chain yet: run \`countersign finalise\` again${time}.`;
    case 'sent':
      return `${who}Sent, and not all is confirmed: run \`countersign finalise\` again to follow it to its end${over ? '; its period is over, the rest follows all the same' : time}.`;
    default:
      return `${who}Confirmed but not published: run \`countersign finalise\` again.`;
  }
}

/** A proposal that is on chain, while `map.json` is another mapping than it was made on. */
async function displacedProposal(
  services: Services,
  published: Published,
  { overtaken, listing }: OpenRequests,
): Promise<Pick<Status, 'state' | 'next' | 'proposal'> | null> {
  const loose = await looseTokens(services, overtaken, published);
  const own = loose.filter(one => one.request === loose[0]?.request && one.state === 'on chain');
  const [first] = own;
  if (!first) return null;
  const { request } = first;
  const base = await findBase(services, request.base.mapping, published);
  const references = own.map(({ reference }) => reference);
  const { message, hint } = await displaced(services, request, references, published);
  const proposal = await readProposal(services, request, base, listing);
  return { state: 'sent', next: `${message}. ${hint}`, proposal };
}

/** What was prepared here, can still be submitted, and is not. @returns a sentence, null if there is none */
function newestDraft(
  { state }: Services,
  published: Published,
  listing: Listing,
  height: number,
): string | null {
  const base = published.mapping.digest;
  const [newest] = draftsOf(state.requests(), listing)
    .filter(request => request.base.mapping === base && periodOf(request.height) === periodOf(height))
    .sort((a, b) => Number(b.time) - Number(a.time));
  if (!newest) return null;
  return `The request ${newest.reviewCode} of ${counted(newest.issuances.length, 'asset')}, prepared on this PC, is not submitted: sign it on the isolated laptop, then \`countersign submit\`. Or prepare another one: \`countersign prepare\`.`;
}

/** What the store says, where the node does not answer. */
async function withoutNode(
  services: Services,
  published: Published,
  listing: Listing,
  problem: Refusal,
): Promise<Status> {
  const { store, trust } = services;
  const common = { published, required: trust.n, height: null, problem };
  const open = await openRequests(store, published.mapping.digest, listing);
  const request = await requestInTurn(store, published.mapping.digest, open);
  const silent =
    'is not known, since the node could not be asked. Mend that, then run `countersign status` again.';
  if (!request)
    return { ...common, state: 'none', missing: [], next: `Whether an older one is on chain ${silent}` };
  const proposal = await readProposal(services, request, published.mapping, listing);
  const decision = await fetchDecision(store, request.digest);
  const have = proposal.signatures.map(s => s.controller);
  const missing = trust.pubkeys.map((_, i) => i + 1).filter(c => !have.includes(c));
  const begun = decision?.decision === 'send';
  const state = begun ? 'claimed' : have.length >= trust.n ? 'signed' : 'proposed';
  const next = `Signed by ${sayControllers(have)}; ${trust.n} needed.${begun ? ' It was begun.' : ''} How far it is on chain ${silent}`;
  return { ...common, state, proposal, missing, next };
}

/** The node's tip; what it fails of is for people to read beside what the store says. */
async function tipOf({ node }: Services): Promise<Tip | Refusal> {
  try {
    return await node.tip();
  } catch (error) {
    if (error instanceof Refusal && error.code.startsWith('NODE_')) return error;
    throw error;
  }
}

/** What is to be known whatever the proposal's state: each a sentence or two. */
async function warnings(
  services: Services,
  published: Published,
  listing: Listing,
  absent: Absent,
  tip: Tip,
): Promise<string[]> {
  const found: string[] = [];
  if (tip.initialDownload || tip.headers > tip.height)
    found.push(
      `The node has block ${tip.height} of ${Math.max(tip.headers, tip.height)} and is catching up: what is said here of the chain is that of block ${tip.height}.`,
    );
  found.push(...absentText(absent.onChain.filter(({ isOurs }) => !isOurs)));
  const givenUp = await givenUpTokens(services, published, await fetchGivenUp(services, listing));
  found.push(...givenUp.map(({ text }) => capital(text)));
  return found;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export async function status(services: Services): Promise<Status> {
  const { store } = services;
  const [published, listing, tip] = await Promise.all([
    fetchPublished(services),
    listProposals(store),
    tipOf(services),
  ]);
  if (tip instanceof Refusal) return withoutNode(services, published, listing, tip);
  const absent = await fetchAbsent(services, published, listing);
  const [found, more] = await Promise.all([
    proposalStatus(services, published, listing, absent, tip),
    warnings(services, published, listing, absent, tip),
  ]);
  return { ...found, next: [found.next, ...more].join(' ') };
}

async function proposalStatus(
  services: Services,
  published: Published,
  listing: Listing,
  absent: Absent,
  { height }: Tip,
): Promise<Status> {
  const { store, trust } = services;
  const common = { published, required: trust.n, height };
  const nothing = (next: string): Status => ({ ...common, state: 'none', missing: [], next });
  const replaced = await replacedPublished(services, published, absent);
  if (replaced) return nothing(`${replaced.message}. ${replaced.hint}`);
  const open = await openRequests(store, published.mapping.digest, listing);
  const sent = await displacedProposal(services, published, open);
  if (sent) return { ...common, missing: [], ...sent };
  const request = await requestInTurn(store, published.mapping.digest, open);
  if (!request) {
    const unmarked = await publishedUnmarked(services, open.overtaken, published);
    if (unmarked) {
      const proposal = await readProposal(services, unmarked.request, unmarked.base, listing);
      const next =
        'The mapping is published, but not all that follows was done (an older tool published it, or a crash came between): run `countersign finalise` once more.';
      return { ...common, state: 'confirmed', proposal, missing: [], next };
    }
    const lost = await lostIssuances(services, published);
    const late = open.overtaken.length;
    const draft = newestDraft(services, published, listing, height);
    return nothing(
      lost.length > 0
        ? `${capital(lostText(lost))} Run \`countersign finalise\`: it sends them again, the oldest first, and waits for them.`
        : `${draft ?? 'A coordinator can prepare an issuance: `countersign prepare`.'}${late > 0 ? ` (${late} proposal${late > 1 ? 's' : ''} came too late, after another mapping: give up with \`countersign abandon\`.)` : ''}`,
    );
  }
  const proposal = await readProposal(services, request, published.mapping, listing);
  const decision = await fetchDecision(store, request.digest);
  if (decision?.decision === 'give-up')
    return nothing(
      `The proposal ${request.reviewCode} is being given up: run \`countersign abandon\` once more.`,
    );
  const have = proposal.signatures.map(s => s.controller);
  const missing = trust.pubkeys.map((_, i) => i + 1).filter(c => !have.includes(c));
  const { state: onChain, problem } = await chainState(services, proposal, decision);
  const state = onChain ?? (have.length >= trust.n ? 'signed' : 'proposed');
  const next = problem ?? nextStep(state, services, proposal, missing, height);
  return { ...common, state, proposal, missing, next };
}
