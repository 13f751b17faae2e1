/**
 * The changes that a request makes: bars to issue, bars to redeem, or corrections of the mapping. Types and parsing.
 */

import { checkThat, valueText } from './errors.ts';
import type { JsonValue } from './json.ts';
import { checkField, Fields } from './json-fields.ts';
import { MAX_HEIGHT } from './token-schedule.ts';

export const MAX_ISSUANCES = 1000;
export const MAX_REDEMPTIONS = 20;
/** Largest number of burns for one bar. */
export const MAX_BURNS = 100;
export const MAX_CORRECTIONS = 1000;
/** Largest index of an output. A serialised index has 32 bits, of which the two highest are flags. */
export const MAX_VOUT = 0x3fff_ffff;

/** The reason for corrections, printable ASCII. The review screen shows it first. */
export const REASON = /^[\x21-\x7e](?:[\x20-\x7e]{0,78}[\x21-\x7e])?$/;
export const REASON_EXPECTED = '1 to 80 characters of printable ASCII, no space at the start or the end';

export interface CoinRef {
  /** Transaction id, in displayed byte order. */
  txid: string;
  vout: number;
  /** Decimal text with 8 decimals. */
  amount: string;
}

/** One bar as a person enters it, with the address that receives its tokens. */
export interface AssetEntry {
  serial: string;
  year: string;
  manufacturer: string;
  mass: string;
  address: string;
}

export interface IssuanceRequest extends AssetEntry {
  /** Amount as decimal text. The signer recomputes it and compares. */
  tokens: string;
  coin: CoinRef;
}

/** An output with which a holder destroyed tokens. */
export interface Burn {
  /** Transaction id, in displayed byte order. */
  txid: string;
  vout: number;
  /** Asset id of the burnt tokens. */
  token: string;
  /** Decimal text with 8 decimals. */
  amount: string;
}

/** One bar to redeem, which leaves the vault. */
export interface RedemptionRequest {
  /** The reference exactly as in the mapping, because some old references have another order of parts. */
  reference: string;
  /** Mass of all entries of the bar, as decimal text. The signer recomputes it and compares. */
  mass: string;
  /** Redemption height: its period decides how many tokens the bar costs. */
  height: number;
  burns: Burn[];
}

export type BarName = Pick<AssetEntry, 'serial' | 'year' | 'manufacturer'>;

/** Renames a bar, or removes a bar that has no tokens on chain. */
export type CorrectionRequest = { reference: string; to: BarName } | { reference: string; remove: true };

/** The changes that a request makes. Exactly one of the lists has entries. */
export interface Changes {
  issuances: IssuanceRequest[];
  redemptions: RedemptionRequest[];
  corrections: CorrectionRequest[];
}

export interface GivenChanges extends Partial<Changes> {
  /** Present with corrections only. The review screen shows it first. */
  reason?: string;
}

interface AssetRule {
  pattern: RegExp;
  expected: string;
}

/**
 * The form of each field of an asset, the same for CSV files, prompts and the signer. A name may not contain two spaces
 * in a row. Otherwise the part after the spaces could be mistaken for another column of the review screen.
 */
export const ASSET_RULES: Record<keyof AssetEntry, AssetRule> = {
  serial: { pattern: /^[0-9A-Za-z]{6}$/, expected: '6 letters or digits' },
  year: { pattern: /^[0-9]{4}$/, expected: '4 digits' },
  manufacturer: {
    pattern: /^(?=.{1,32}$)[A-Za-z0-9.&]+(?: [A-Za-z0-9.&]+)*$/,
    expected: '1 to 32 characters of A-Z a-z 0-9 . & and single spaces, no space at the start or the end',
  },
  mass: { pattern: /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$/, expected: 'fine troy ounces with at most 3 decimals' },
  address: { pattern: /^[1-9A-HJ-NP-Za-km-z]{20,64}$/, expected: 'an address' },
};
const RULES = new Map(Object.entries(ASSET_RULES));

/** @throws Refusal FIELD_INVALID, naming `path` and the field */
export function checkAssetField(field: keyof AssetEntry, value: string, path: string): void {
  const { pattern, expected } = RULES.get(field) as AssetRule;
  checkField(pattern.test(value), path, expected, value, `Correct the ${field}.`);
}

/**
 * Rule 6: the bar is in the mapping.
 * @param entries number of entries that the mapping has for the bar
 * @throws Refusal ASSET_UNKNOWN, naming `path`
 */
export function checkBarMapped(entries: number, reference: string, path: string): void {
  const message = `${path}.reference: expected a bar of the mapping, got ${valueText(reference)}`;
  checkThat(entries > 0, 'ASSET_UNKNOWN', message, 'Copy the reference from the mapping. Run: countersign map show');
}

/** @param what a bar or an output */
export const occursTwiceText = (path: string, what: string): string => `${path}: ${what} occurs twice in the request`;

export const alreadyMappedText = (bar: string): string => `the mapping already has ${bar}`;

/** The bar's reference in the mapping: `serial-year-manufacturer`. */
export const barReference = ({ serial, year, manufacturer }: BarName): string => `${serial}-${year}-${manufacturer}`;

export const outpointText = ({ txid, vout }: Pick<CoinRef, 'txid' | 'vout'>): string => `${txid}:${vout}`;

/** The bar's new reference; undefined if the correction removes the bar. */
export const correctedReference = (correction: CorrectionRequest): string | undefined =>
  'to' in correction ? barReference(correction.to) : undefined;

/** References of all bars in a request. For a renamed bar, the new reference. */
export function barsOfChanges({ issuances, redemptions, corrections }: Changes): string[] {
  return [
    ...issuances.map(barReference),
    ...redemptions.map(({ reference }) => reference),
    ...corrections.map(correction => correctedReference(correction) ?? correction.reference),
  ];
}

function readAssetField(fields: Fields, field: keyof AssetEntry): string {
  checkAssetField(field, fields.text(field), fields.at(field));
  return fields.text(field);
}

function readIssuance(value: JsonValue, path: string): IssuanceRequest {
  const fields = new Fields(value, path, [...RULES.keys(), 'tokens', 'coin']);
  const text = (field: keyof AssetEntry) => readAssetField(fields, field);
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
  const mass = fields.text('mass', /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$/, 'fine troy ounces with at most 9 decimals');
  const burns = fields.list('burns', 1, MAX_BURNS).map((burn, i) => readBurn(burn, `${path}.burns[${i}]`));
  return { reference: readReference(fields), mass, height: fields.integer('height', 0, MAX_HEIGHT), burns };
}

function readCorrection(value: JsonValue, path: string): CorrectionRequest {
  const fields = new Fields(value, path, ['reference', 'to?', 'remove?']);
  const [reference, remove] = [readReference(fields), fields.value('remove')];
  const isRename = fields.value('to') !== undefined;
  const isOne = isRename === (remove === undefined);
  checkField(isOne, path, 'exactly one of the members to and remove', isRename ? 'both' : undefined);
  if (!isRename) {
    checkField(remove === true, fields.at('remove'), 'true', remove);
    return { reference, remove };
  }
  const to = fields.object('to', ['serial', 'year', 'manufacturer']);
  const [serial, year] = [readAssetField(to, 'serial'), readAssetField(to, 'year')];
  return { reference, to: { serial, year, manufacturer: readAssetField(to, 'manufacturer') } };
}

/** For each kind of change: the largest number of changes in a request, and the function that reads one change. */
const KINDS: { [K in keyof Changes]: [number, (value: JsonValue, path: string) => Changes[K][number]] } = {
  issuances: [MAX_ISSUANCES, readIssuance],
  redemptions: [MAX_REDEMPTIONS, readRedemption],
  corrections: [MAX_CORRECTIONS, readCorrection],
};

const NAMES = Object.keys(KINDS) as (keyof Changes)[];

/** Names of the request's members that hold changes, for {@link Fields}. */
export const CHANGE_MEMBERS = [...NAMES, 'reason'].map(name => `${name}?`);

/** The lists of changes that have entries, with their names. */
export function nonEmptyLists(changes: GivenChanges): [keyof Changes, Changes[keyof Changes]][] {
  const all = new Map(Object.entries(changes));
  const lists = NAMES.map((name): [keyof Changes, Changes[keyof Changes]] => [name, all.get(name) ?? []]);
  return lists.filter(([, list]) => list.length > 0);
}

/** Name of the one list of changes that has entries; `issuances` if none has. */
export function kindOfChange(changes: Changes): keyof Changes {
  const [first] = nonEmptyLists(changes);
  return first === undefined ? 'issuances' : first[0];
}

/** Rule 5: a request has one kind of change. */
function checkOneKind(kinds: readonly string[]): void {
  checkField(kinds.length === 1, 'issuances', 'exactly one of issuances, redemptions and corrections', kinds.join());
}

/** @throws Refusal FIELD_INVALID, also if there is no kind of change or more than one */
export function readChanges(fields: Fields): GivenChanges {
  const kinds = NAMES.filter(kind => fields.value(kind) !== undefined);
  checkOneKind(kinds);
  const [kind] = kinds as [keyof Changes];
  const [most, read] = new Map(Object.entries(KINDS)).get(kind) as (typeof KINDS)[keyof Changes];
  const changes = { [kind]: fields.list(kind, 1, most).map((value, i) => read(value, `${kind}[${i}]`)) };
  const reason = fields.value('reason');
  const hasReason = reason !== undefined;
  const needsReason = kind === 'corrections';
  checkField(hasReason === needsReason, 'reason', `${needsReason ? 'a' : 'no'} reason for ${kind}`, reason);
  return hasReason ? { ...changes, reason: fields.text('reason', REASON, REASON_EXPECTED) } : changes;
}
