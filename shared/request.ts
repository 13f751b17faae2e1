/** The request: what is to be issued, complete and readable. Everything that is signed is derived from it. */

import { bytesToHex, utf8 } from './bytes.ts';
import { at } from './errors.ts';
import { checkField, Fields } from './fields.ts';
import { sha256 } from './hash.ts';
import { canonicalJson, type JsonValue, type PlainValue, readJson } from './json.ts';
import { isNewTime } from './mapping/mapping.ts';
import { reviewCode } from './review-code.ts';
import { MAX_HEIGHT } from './schedule.ts';
import { MAX_CONTROLLERS } from './script.ts';

/** A mapping of 300,000 assets fits; a signer of a larger one holds its own copy. */
export const MAX_REQUEST_BYTES = 48 * 1024 * 1024;
export const MAX_ISSUANCES = 1000;
/** The two highest bits of an index are flags on the wire. */
const MAX_VOUT = 0x3fff_ffff;
const DOMAIN = 'countersign/request/1\n';
const SIGNATURE_TEXT = /^[A-Za-z0-9+/]{87}=$/;

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

export interface BaseRef {
  /** Digest of the mapping. */
  mapping: string;
  /** Exact text of `map.json`. */
  text?: string;
  /** Label to base64: enough for a signer that signed the request which made this mapping and has its base. */
  signatures?: Record<string, string>;
}

export interface RequestContent {
  network: string;
  /** Digest of the trust profile. */
  trust: string;
  base: BaseRef;
  height: number;
  time: string;
  issuances: IssuanceRequest[];
  /** Index of a controller to base64: who has signed the digest of this request so far. */
  endorsements?: Record<string, string>;
}

export interface Request extends RequestContent {
  /** Hex; does not cover `base.text`, `base.signatures` and `endorsements`: other digests and the pinned keys do. */
  digest: string;
  reviewCode: string;
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

/** How an asset is named in the mapping. */
export const referenceOf = (asset: Pick<AssetEntry, 'serial' | 'year' | 'manufacturer'>): string =>
  `${asset.serial}-${asset.year}-${asset.manufacturer}`;

export const outpointOf = ({ txid, vout }: CoinRef): string => `${txid}:${vout}`;

function readIssuance(value: JsonValue, path: string): IssuanceRequest {
  const fields = new Fields(value, path, [...RULES.keys(), 'tokens', 'coin']);
  const text = (field: keyof AssetEntry) => {
    checkAssetField(field, fields.text(field), fields.at(field));
    return fields.text(field);
  };
  const [serial, year, manufacturer] = [text('serial'), text('year'), text('manufacturer')];
  const [mass, address] = [text('mass'), text('address')];
  const coin = fields.object('coin', ['txid', 'vout', 'amount']);
  const [txid, vout, amount] = [coin.hex('txid', 32), coin.integer('vout', 0, MAX_VOUT), coin.text('amount')];
  return { serial, year, manufacturer, mass, address, tokens: fields.text('tokens'), coin: { txid, vout, amount } };
}

/** What the digest is taken of: everything but the base's text and signatures, and the endorsements. */
export function requestContent(request: RequestContent): { [key: string]: PlainValue } {
  const { network, trust, base, height, time, issuances } = request;
  const plain = issuances.map(({ coin, ...rest }) => ({ ...rest, coin: { ...coin } }));
  const head = { type: 'countersign/request', version: 1, network, trust, base: { mapping: base.mapping } };
  return { ...head, height, time, issuances: plain };
}

export function withDigest(request: RequestContent): Request {
  const digest = bytesToHex(sha256(utf8(DOMAIN + canonicalJson(requestContent(request)))));
  return { ...request, digest, reviewCode: reviewCode(digest) };
}

const LABELS = Array.from({ length: MAX_CONTROLLERS }, (_, i) => String(i + 1));

/** A signature as text; whether it is valid is not looked at. */
export const signatureText = (fields: Fields, name: string): string =>
  fields.text(name, SIGNATURE_TEXT, 'base64 of 65 bytes');

/** Index of a controller to signature; undefined if there is no such member. */
function readSigned(fields: Fields, name: string): Record<string, string> | undefined {
  if (fields.value(name) === undefined) return undefined;
  const optional = LABELS.map(label => `${label}?`);
  const signed = fields.object(name, optional);
  const given = LABELS.filter(label => signed.value(label) !== undefined);
  return Object.fromEntries(given.map(label => [label, signatureText(signed, label)]));
}

function readBase(base: Fields): BaseRef {
  const out: BaseRef = { mapping: base.hex('mapping', 32) };
  const [text, signatures] = [base.value('text'), readSigned(base, 'signatures')];
  checkField(text === undefined || typeof text === 'string', 'base.text', 'text', text);
  return { ...out, ...(text !== undefined && { text }), ...(signatures && { signatures }) };
}

/** @throws Refusal FIELD_INVALID naming the member */
export function requestFrom(value: JsonValue, what = 'request'): Request {
  try {
    const names = ['network', 'trust', 'base', 'height', 'time', 'issuances', 'endorsements?'];
    const fields = Fields.file(value, 'countersign/request', names);
    const time = fields.text('time');
    checkField(isNewTime(time), 'time', 'seconds with exactly six decimals, the last not zero', time);
    const issuances = fields.list('issuances', 1, MAX_ISSUANCES);
    const endorsements = readSigned(fields, 'endorsements');
    return withDigest({
      network: fields.text('network', /^[a-z0-9_]{1,32}$/, 'the name of a network'),
      trust: fields.hex('trust', 32),
      base: readBase(fields.object('base', ['mapping', 'text?', 'signatures?'])),
      height: fields.integer('height', 0, MAX_HEIGHT),
      time,
      issuances: issuances.map((issuance, i) => readIssuance(issuance, `issuances[${i}]`)),
      ...(endorsements && { endorsements }),
    });
  } catch (error) {
    throw at(what, error);
  }
}

/**
 * Reads a request and checks its form; whether it may be signed is for `derive` and the signer's rules.
 * @throws Refusal FORMAT_INVALID, FIELD_INVALID naming the member, TOO_LARGE
 */
export const readRequest = (bytes: Uint8Array, what = 'request'): Request =>
  requestFrom(readJson(bytes, what, MAX_REQUEST_BYTES), what);

/** The file's text: readable, members in the order of the design. */
export function requestText(request: RequestContent): string {
  const { base, endorsements } = request;
  return `${JSON.stringify({ ...requestContent(request), base, endorsements }, null, 1)}\n`;
}
