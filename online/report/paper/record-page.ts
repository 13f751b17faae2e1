/** The record of a proposal or ceremony as a page to print and sign. */
import { formatAmount } from '../../../shared/amount.ts';
import { correctedReference, kindOfChange } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import type { Trust } from '../../../shared/trust.ts';
import { timeText } from '../../platform/text/words.ts';
import {
  type Badge,
  type Cell,
  documentHtml,
  factsHtml,
  notesHtml,
  safeHtml,
  signingTableHtml,
  tableHtml,
} from '../page/html-parts.ts';
import { issuancesJson } from '../views/issuance-view.ts';
import { redemptionsJson } from '../views/redemption-view.ts';
import type { CeremonyRecord } from './ceremony-record.ts';
import type { ProposalRecord, RecordedTransaction } from './proposal-record.ts';

/** What the page shows besides the record: the time of the page, and the review code as a QR code (SVG). */
export interface Made {
  /** Milliseconds since 1970. */
  now: number;
  qr: string;
}

const NOT_KNOWN = 'not known';
const KINDS = { issuances: 'an issuance', redemptions: 'a redemption', corrections: 'a correction' };

const STATUS: Record<ProposalRecord['proposal']['status'], Badge> = {
  open: { badge: 'open: not published', tone: 'waits' },
  sent: { badge: 'decided: not published yet', tone: 'waits' },
  published: { badge: 'published', tone: 'good' },
  abandoned: { badge: 'abandoned', tone: 'wrong' },
  superseded: { badge: 'superseded by another mapping', tone: 'wrong' },
};

const STATES: Record<RecordedTransaction['state'], Badge> = {
  confirmed: { badge: 'in a block', tone: 'good' },
  'by the ledger': { badge: 'known from the ledger only', tone: 'waits' },
  waiting: { badge: 'waiting for a block', tone: 'waits' },
  replaced: { badge: 'coin spent by another transaction', tone: 'wrong' },
  'not sent': { badge: 'not on chain', tone: 'waits' },
  'not known': { badge: NOT_KNOWN, tone: 'waits' },
};

function barsTableHtml(derivation: Derivation): string {
  switch (kindOfChange(derivation.request)) {
    case 'issuances':
      return tableHtml(
        [
          ['bar', 'name'],
          ['mass, fine troy ounces', 'number'],
          ['tokens', 'number'],
          ['address', 'id'],
          ['asset id', 'id'],
        ],
        issuancesJson(derivation).map(one => ({
          cells: [one.reference, one.mass, one.tokens, one.address, one.assetId],
        })),
      );
    case 'redemptions':
      return tableHtml(
        [
          ['bar', 'name'],
          ['mass, fine troy ounces', 'number'],
          ['redemption height', 'number'],
          ['tokens needed', 'number'],
          ['tokens burnt', 'number'],
        ],
        redemptionsJson(derivation, []).map(one => ({
          cells: [one.reference, one.mass, String(one.height), one.needed, one.burnt],
        })),
      );
    case 'corrections':
      return tableHtml(
        [
          ['bar before', 'name'],
          ['bar after', 'name'],
        ],
        derivation.request.corrections.map(one => ({
          cells: [one.reference, correctedReference(one) ?? 'removed from the mapping'],
        })),
      );
  }
}

function transactionsTableHtml(transactions: readonly RecordedTransaction[]): string {
  if (transactions.length === 0) return '<p>This request has no transactions.</p>';
  return tableHtml(
    [
      ['bar', 'name'],
      ['state', 'name'],
      ['block', 'number'],
      ['block time', 'words'],
      ['transaction', 'id'],
      ['block hash', 'id'],
    ],
    transactions.map(({ bar, id, block, state }) => ({
      cells: [
        bar,
        STATES[state],
        block === null ? '-' : String(block.height),
        block === null ? '-' : block.time === null ? NOT_KNOWN : timeText(String(block.time)),
        id ?? 'incomplete: signatures are missing',
        block === null ? '-' : (block.hash ?? NOT_KNOWN),
      ],
    })),
  );
}

const yesNoBadge = (known: boolean | null, yes: string, no: string): Badge =>
  known === null
    ? { badge: NOT_KNOWN, tone: 'waits' }
    : known
      ? { badge: yes, tone: 'good' }
      : { badge: no, tone: 'plain' };

function controllersTableHtml({ controllers, transactions, derivation }: ProposalRecord): string {
  const isIssuance = derivation !== null && derivation.issuances.length > 0 && transactions.length > 0;
  return tableHtml(
    [
      ['controller', 'name'],
      ['request endorsed, mapping signed', 'name'],
      [isIssuance ? 'signature in the transactions' : 'counted in the decision to publish', 'name'],
      ['public key', 'id'],
    ],
    controllers.map(({ controller, publicKey, signed, sent }): { cells: Cell[] } => ({
      cells: [
        String(controller),
        yesNoBadge(signed, 'signed', 'not signed'),
        sent === null ? 'not decided' : yesNoBadge(sent, 'yes', 'no'),
        publicKey,
      ],
    })),
  );
}

const reviewCodeHtml = (label: string, code: string, qr: string) =>
  `<div class="code">${qr}<p>${safeHtml(label)}<br><strong>${safeHtml(code)}</strong></p></div>`;

const bestBlockText = (tip: ProposalRecord['tip']) =>
  tip ? `block ${tip.height} (${timeText(String(tip.time))})` : 'not known: the node did not answer';

const commonPageFacts = (trust: Trust, tip: ProposalRecord['tip'], now: number) =>
  [
    ['network', trust.network.name],
    ['profile', `${trust.reviewCode}, ${trust.n} of ${trust.m} controllers`],
    ['chain as of', bestBlockText(tip)],
    ...(tip ? ([['hash of this block', tip.hash]] as const) : []),
    ['made on', timeText(String(now / 1000))],
  ] as const;

const signingSectionHtml = (m: number, what: string) => `<h2>Signed by hand</h2>
<p>${safeHtml(what)}</p>
${signingTableHtml(m)}`;

/** @returns HTML */
export function proposalPageHtml(record: ProposalRecord, trust: Trust, { now, qr }: Made): string {
  const { proposal, derivation, mapping, notes, tip } = record;
  const title = derivation ? `Record of ${KINDS[kindOfChange(derivation.request)]}` : 'Record of a proposal';
  const reserved = [...proposal.reserves.keys()].map(bar => ({ cells: [bar] }));
  const reason = derivation?.request.reason;
  const total = derivation
    ? ([
        [
          'total mass',
          `${derivation.base.totalMass} before, ${derivation.mapping.totalMass} after (fine troy ounces)`,
        ],
      ] as const)
    : [];
  const made = derivation ? timeText(derivation.request.time) : NOT_KNOWN;
  const bars = derivation
    ? barsTableHtml(derivation)
    : `<p>The request cannot be read. The ledger reserves coins for these bars:</p>\n${tableHtml([['bar', 'name']], reserved)}`;
  return documentHtml(
    `${title}, ${record.reviewCode}`,
    `<header>
<h1>${safeHtml(title)}</h1>
${reviewCodeHtml('Review code', record.reviewCode, qr)}
${factsHtml([
  ['state', STATUS[proposal.status]],
  ...(reason === undefined ? [] : [['reason', reason] as const]),
  ['request made', `${made}, height ${proposal.height}, ledger entry ${proposal.entry}`],
  ['digest of the request', proposal.request],
  ...commonPageFacts(trust, tip, now),
])}
</header>
${notesHtml(notes)}
<h2>Bars</h2>
${bars}
<h2>Controllers</h2>
${controllersTableHtml(record)}
<h2>Transactions</h2>
${transactionsTableHtml(record.transactions)}
<h2>Mapping</h2>
${factsHtml([
  ['digest before', mapping.before],
  ['digest after', mapping.after ?? NOT_KNOWN],
  ...total,
  ['published', proposal.status === 'published' ? badgeYes : badgeNo],
])}
${signingSectionHtml(trust.m, 'I compared the review code and the digests above with my laptop and my PC.')}`,
    true,
  );
}

const badgeYes: Badge = { badge: 'yes', tone: 'good' };
const badgeNo: Badge = { badge: 'no', tone: 'plain' };

/** @returns HTML */
export function ceremonyPageHtml(record: CeremonyRecord, trust: Trust, { now, qr }: Made): string {
  const { publicKeys, mapping, coins, firstBlock, tip, notes } = record;
  return documentHtml(
    `Record of the key ceremony, ${trust.reviewCode}`,
    `<header>
<h1>Record of the key ceremony</h1>
${reviewCodeHtml('Review code of the trust profile', trust.reviewCode, qr)}
${factsHtml([
  ['policy', `${trust.n} of ${trust.m} controllers must sign`],
  ['digest of the profile', trust.digest],
  ...commonPageFacts(trust, tip, now),
])}
</header>
${notesHtml(notes)}
<h2>Controllers</h2>
${tableHtml(
  [
    ['controller', 'name'],
    ['public key', 'id'],
  ],
  publicKeys.map((key, i) => ({ cells: [String(i + 1), key] })),
)}
<h2>Chain and store</h2>
${factsHtml([
  ['first block', firstBlock ?? NOT_KNOWN],
  ['policy asset', trust.policyAsset],
  ['address of the policy coins', trust.address],
  ['reissuance address', trust.reissuanceAddress],
  ['reissuance tokens', formatAmount(trust.reissuanceTokens)],
  ['mass of a bar', `${trust.massMin} to ${trust.massMax} fine troy ounces`],
  ['policy coins in the ledger', coins === null ? NOT_KNOWN : String(coins)],
  ['digest of the first mapping', mapping ?? NOT_KNOWN],
])}
${signingSectionHtml(trust.m, 'I compared the review code and the digest of the profile with my laptop.')}`,
    true,
  );
}
