/**
 * Requests for the table of situations: one of each kind, derived on a real mapping and signed with test
 * keys.
 */
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../../../../fixtures/sample-request.ts';
import { formatAmount } from '../../../../shared/amount.ts';
import { outpointText } from '../../../../shared/changes.ts';
import { type Derivation, derive } from '../../../../shared/derive.ts';
import { assetIdOf } from '../../../../shared/issuance.ts';
import { assetAtIndex } from '../../../../shared/mapping/asset-listing.ts';
import { addDigest, type Request } from '../../../../shared/request.ts';
import { type Signatures, signDerivation, signedMapping } from '../../../../shared/signatures.ts';
import { tokenAmount } from '../../../../shared/token-schedule.ts';
import type { CountedBurn, LedgerEvent } from '../../../ledger/ledger-event.ts';
import type { PolicyCoin } from '../../../ledger/policy-coin.ts';
import type { Published } from '../../../ledger/stored-mappings.ts';
import type { Wanted } from '../../facts/question.ts';
import { toPolicyCoin } from '../../facts/transactions.ts';
import { correctedBars } from '../../plan/evidence.ts';

export { base, trust };
export const idFromNumber = (n: number) => n.toString(16).padStart(64, '0');
export const view = { trust, node: { name: 'node', redact: (text: string) => text } };

export const signaturesOfAll = (derivation: Derivation): Signatures[] =>
  [1, 2, 3].map(i => signDerivation(derivation, i, testKeys[i - 1] as Uint8Array, trust));

export function makePublishedMapping(
  derivation: Derivation,
  signatures = signaturesOfAll(derivation),
): Published {
  const mapping = signedMapping(derivation, signatures.slice(0, 2));
  return { mapping, bytes: mapping.bytes(), signers: [1, 2] };
}

/** A request, with the data from which its facts are made. */
export interface Sample {
  readonly name: string;
  readonly derivation: Derivation;
  readonly digest: string;
  /** The changes with which `prepare` would make this request. */
  readonly wanted: Wanted;
  readonly signatures: readonly Signatures[];
  /** The mapping that the request makes, as it is published. */
  readonly own: Published;
  readonly coins: readonly PolicyCoin[];
  readonly publish: LedgerEvent;
}

/** Height of the block with the sample's burns. */
const BLOCK = 3300;

function makeSample(name: string, request: Request, wanted: Wanted): Sample {
  const derivation = derive(request, base, trust);
  const signatures = signaturesOfAll(derivation);
  const coins = derivation.issuances.map(({ request: { coin } }) => toPolicyCoin(coin));
  const burns = request.redemptions.flatMap(({ reference, height, burns: all }) =>
    all.map((burn): [string, CountedBurn] => [outpointText(burn), { bar: reference, height, block: BLOCK }]),
  );
  const publish: LedgerEvent = {
    ...{ event: 'publish', request: request.digest, mapping: derivation.mapping.digest },
    transactions: Object.fromEntries(
      coins.map((coin, i) => [assetIdOf(coin), { txid: idFromNumber(0x70 + i), height: BLOCK }]),
    ),
    burns: Object.fromEntries(burns),
    corrected: correctedBars(derivation),
  };
  const own = makePublishedMapping(derivation, signatures);
  return { name, derivation, digest: request.digest, wanted, signatures, own, coins, publish };
}

const issuing = sampleRequest();
export const ISSUANCES = makeSample('issuances', issuing, { assets: issuing.issuances });

/** Another tool's mapping, which is valid but in no entry. */
export const FOREIGN = makePublishedMapping(
  derive(sampleRequest({ time: '1763795124.000001', issuances: [issuanceAt(2, 3310)] }), base, trust),
);

const { issuances: _, endorsements: __, ...common } = sampleRequest();
const [bar0, bar1, bar2] = [0, 1, 2].map(place => assetAtIndex(base, place)) as [Bar, Bar, Bar];
type Bar = ReturnType<typeof assetAtIndex>;

/** Redemption heights in two periods. The second height is in the request's period. */
const HEIGHTS = [2700, 3300] as const;

/**
 * Redeems two bars with one output each: the first bar with tokens of the third bar, and the second bar with
 * its own tokens.
 */
const redeeming = addDigest({
  ...common,
  redemptions: [
    { bar: bar0, token: bar2 },
    { bar: bar1, token: bar1 },
  ].map(({ bar, token }, i) => {
    const height = HEIGHTS[i] as number;
    const amount = formatAmount(tokenAmount(bar.mass, height));
    const burn = { txid: idFromNumber(0xb0 + i), vout: i, token: token.assetId, amount };
    return { reference: bar.reference, mass: bar.mass, height, burns: [burn] };
  }),
});
export const REDEMPTIONS = makeSample('redemptions', redeeming, {
  redemptions: redeeming.redemptions.map(({ reference, burns }) => {
    return { reference, burns: burns.map(({ txid, vout }) => ({ txid, vout })) };
  }),
});

/** Removes one bar, and renames another. */
const corrections = [
  { reference: bar0.reference, remove: true } as const,
  { reference: bar1.reference, to: { serial: '999999', year: '2020', manufacturer: 'ACME' } },
];
const reason = 'never confirmed';
const correcting = addDigest({ ...common, corrections, reason });
export const CORRECTIONS = makeSample('corrections', correcting, { corrections, reason });

export const SAMPLES: readonly Sample[] = [ISSUANCES, REDEMPTIONS, CORRECTIONS];
