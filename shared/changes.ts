/** What a request does: bars to issue, bars to redeem, or corrections of the mapping. Types, forms and reading. */

import { check, shown } from './errors.ts';
import { checkField, Fields } from './fields.ts';
import type { JsonValue } from './json.ts';
import { MAX_HEIGHT } from './schedule.ts';

export const MAX_ISSUANCES = 1000;
export const MAX_REDEMPTIONS = 20;
/** For one bar. */
export const MAX_BURNS = 100;
export const MAX_CORRECTIONS = 1000;
/** The two highest bits of an index are flags on the wire. */
export const MAX_VOUT = 0x3fff_ffff;

/** Of corrections: what the person who signs reads first. */
export const REASON = /^[\x21-\x7e](?:[\x20-\x7e]{0,78}[\x21-\x7e])?$/;
export const REASON_EXPECTED = '1 to 80 characters of printable ASCII, no space at an end';

export interface CoinRef {
  /** Id as it is shown. */
  txid: string;
  vout: number;
  /** Decimal text. */
  amount: string;
}

/** One asset as a person gives it. */
export interface AssetEntry {
  serial: string;
  year: string;
  manufacturer: string;
  mass: string;
  address: string;
}

export interface IssuanceRequest extends AssetEntry {
  /** A claim that the signer computes again. */
  tokens: string;
  coin: CoinRef;
}

/** An output in which a holder gave up tokens. */
export interface Burn {
  /** Id as it is shown. */
  txid: string;
  vout: number;
  /** Asset id. */
  token: string;
  /** Decimal text. */
  amount: string;
}

/** One bar that leaves the vault. */
export interface RedemptionRequest {
  /** As the mapping has it: older ones may have another order of its parts. */
  reference: string;
  /** Of all entries of the bar together: a claim that the signer computes again. */
  mass: string;
  /** Redemption height: the tokens count by its period. */
  height: number;
  burns: Burn[];
}

export type BarName = Pick<AssetEntry, 'serial' | 'year' | 'manufacturer'>;

/** One bar under another name, or taken out since none of its tokens was ever on chain. */
export type CorrectionRequest = { reference: string; to: BarName } | { reference: string; remove: true };

/** What a request does: exactly one of the lists has entries. */
export interface Changes {
  issuances: IssuanceRequest[];
  redemptions: RedemptionRequest[];
  corrections: CorrectionRequest[];
}

export interface GivenChanges extends Partial<Changes> {
  /** Of corrections only: what the person who signs reads first. */
  reason?: string;
}

interface AssetRule {
  pattern: RegExp;
  expected: string;
}

/**
 * What each field of an asset may be; the same rules for a CSV, a prompt and the signer. A name with two spaces in a row
 * could look on the review screen as if it ended there and a mass followed.
 */
export const ASSET_RULES: Record<keyof AssetEntry, AssetRule> = {
  serial: { pattern: /^[0-9A-Za-z]{6}$/, expected: '6 letters or digits' },
  year: { pattern: /^[0-9]{4}$/, expected: '4 digits' },
  manufacturer: {
    pattern: /^(?=.{1,32}$)[A-Za-z0-9.&]+(?: [A-Za-z0-9.&]+)*$/,
    expected: '1 to 32 characters of A-Z a-z 0-9 . & and single spaces, none at an end',
  },
  mass: { pattern: /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$/, expected: 'a decimal number with at most 3 decimals' },
  address: { pattern: /^[1-9A-HJ-NP-Za-km-z]{20,64}$/, expected: 'an address' },
};
const RULES = new Map(Object.entries(ASSET_RULES));

/** @throws Refusal FIELD_INVALID naming `path` and the field */
export function checkAssetField(field: keyof AssetEntry, value: string, path: string): void {
  const { pattern, expected } = RULES.get(field) as AssetRule;
  checkField(pattern.test(value), path, expected, value, `Correct the ${field}.`);
}

/** Rule 6. @param entries of the bar in the mapping @throws Refusal ASSET_UNKNOWN naming `path` */
export function checkKnown(entries: number, reference: string, path: string): void {
  const message = `${path}.reference: expected a bar of the mapping, got ${shown(reference)}`;
  check(entries > 0, 'ASSET_UNKNOWN', message, 'Take the reference as the mapping has it: countersign map show');
}

/** How an asset is named in the mapping. */
export const referenceOf = ({ serial, year, manufacturer }: BarName): string => `${serial}-${year}-${manufacturer}`;

export const outpointOf = ({ txid, vout }: Pick<CoinRef, 'txid' | 'vout'>): string => `${txid}:${vout}`;

/** The reference that a bar gets; undefined for one that is taken out. */
export const newReference = (correction: CorrectionRequest): string | undefined =>
  'to' in correction ? referenceOf(correction.to) : undefined;

/** The bars of a request as the mapping has them; after a correction, those under their new names. */
export function barsOf({ issuances, redemptions, corrections }: Changes): string[] {
  return [
    ...issuances.map(referenceOf),
    ...redemptions.map(({ reference }) => reference),
    ...corrections.map(correction => newReference(correction) ?? correction.reference),
  ];
}

function assetField(fields: Fields, field: keyof AssetEntry): string {
  checkAssetField(field, fields.text(field), fields.at(field));
  return fields.text(field);
}

function readIssuance(value: JsonValue, path: string): IssuanceRequest {
  const fields = new Fields(value, path, [...RULES.keys(), 'tokens', 'coin']);
  const text = (field: keyof AssetEntry) => assetField(fields, field);
  const [serial, year, manufacturer] = [text('serial'), text('year'), text('manufacturer')];
  const [mass, address] = [text('mass'), text('address')];
  const coin = fields.object('coin', ['txid', 'vout', 'amount']);
  const [txid, vout, amount] = [coin.hex('txid', 32), coin.integer('vout', 0, MAX_VOUT), coin.text('amount')];
  return { serial, year, manufacturer, mass, address, tokens: fields.text('tokens'), coin: { txid, vout, amount } };
}

const readReference = (fields: Fields): string =>
  fields.text('reference', /^[\x20-\x7e]{1,64}$/, '1 to 64 characters of printable ASCII');

function readBurn(value: JsonValue, path: string): Burn {
  const fields = new Fields(value, path, ['txid', 'vout', 'token', 'amount']);
  const [txid, vout] = [fields.hex('txid', 32), fields.integer('vout', 0, MAX_VOUT)];
  return { txid, vout, token: fields.hex('token', 32), amount: fields.text('amount') };
}

function readRedemption(value: JsonValue, path: string): RedemptionRequest {
  const fields = new Fields(value, path, ['reference', 'mass', 'height', 'burns']);
  const mass = fields.text('mass', /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$/, 'a decimal number with at most 9 decimals');
  const burns = fields.list('burns', 1, MAX_BURNS).map((burn, i) => readBurn(burn, `${path}.burns[${i}]`));
  return { reference: readReference(fields), mass, height: fields.integer('height', 0, MAX_HEIGHT), burns };
}

function readCorrection(value: JsonValue, path: string): CorrectionRequest {
  const fields = new Fields(value, path, ['reference', 'to?', 'remove?']);
  const [reference, remove, isRename] = [
    readReference(fields),
    fields.value('remove'),
    fields.value('to') !== undefined,
  ];
  checkField(isRename === (remove === undefined), path, 'either to or remove', value);
  if (!isRename) {
    checkField(remove === true, fields.at('remove'), 'true', remove);
    return { reference, remove };
  }
  const to = fields.object('to', ['serial', 'year', 'manufacturer']);
  const [serial, year] = [assetField(to, 'serial'), assetField(to, 'year')];
  return { reference, to: { serial, year, manufacturer: assetField(to, 'manufacturer') } };
}

/** Each kind of change: how many a request may have, and how one is read. */
const KINDS: { [K in keyof Changes]: [number, (value: JsonValue, path: string) => Changes[K][number]] } = {
  issuances: [MAX_ISSUANCES, readIssuance],
  redemptions: [MAX_REDEMPTIONS, readRedemption],
  corrections: [MAX_CORRECTIONS, readCorrection],
};

const NAMES = Object.keys(KINDS) as (keyof Changes)[];

/** Members of a request that say what it does. */
export const CHANGE_MEMBERS = [...NAMES, 'reason'].map(name => `${name}?`);

/** The lists that have entries, by name. */
export function listsOf(changes: GivenChanges): [keyof Changes, Changes[keyof Changes]][] {
  const all = new Map(Object.entries(changes));
  const lists = NAMES.map((name): [keyof Changes, Changes[keyof Changes]] => [name, all.get(name) ?? []]);
  return lists.filter(([, list]) => list.length > 0);
}

/** Which of the lists has entries. */
export function kindOf(changes: Changes): keyof Changes {
  const [first] = listsOf(changes);
  return first === undefined ? 'issuances' : first[0];
}

/** Rule 5. */
function checkOneKind(kinds: readonly string[]): void {
  checkField(kinds.length === 1, 'issuances', 'one of issuances, redemptions and corrections', kinds.join());
}

/** @throws Refusal FIELD_INVALID unless there is exactly one kind */
export function readChanges(fields: Fields): GivenChanges {
  const kinds = NAMES.filter(kind => fields.value(kind) !== undefined);
  checkOneKind(kinds);
  const [kind] = kinds as [keyof Changes];
  const [most, read] = new Map(Object.entries(KINDS)).get(kind) as (typeof KINDS)[keyof Changes];
  const changes = { [kind]: fields.list(kind, 1, most).map((value, i) => read(value, `${kind}[${i}]`)) };
  const hasReason = fields.value('reason') !== undefined;
  checkField(
    hasReason === (kind === 'corrections'),
    'reason',
    'a reason with corrections only',
    fields.value('reason'),
  );
  return hasReason ? { ...changes, reason: fields.text('reason', REASON, REASON_EXPECTED) } : changes;
}
