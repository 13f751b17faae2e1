/** The request: what to issue, redeem or correct, complete and human-readable. Everything signed is derived from it. */

import { bytesToHex, utf8 } from './bytes.ts';
import { CHANGE_MEMBERS, type Changes, type GivenChanges, nonEmptyLists, readChanges } from './changes.ts';
import { addPlaceToMessage } from './errors.ts';
import { FILE, readAsExpectedKind } from './file-kind.ts';
import { sha256 } from './hash.ts';
import { canonicalJson, type JsonValue, type PlainValue, readJson } from './json.ts';
import { checkField, Fields } from './json-fields.ts';
import { isUnambiguousTime, NEW_TIME_FORM } from './mapping/mapping.ts';
import { MAX_CONTROLLERS } from './output-scripts.ts';
import { reviewCode } from './review-code.ts';
import { MAX_HEIGHT } from './token-schedule.ts';

/**
 * A request of this size can contain a base mapping of 300,000 assets. For a larger mapping, the signer uses its own
 * copy.
 */
export const MAX_REQUEST_BYTES = 48 * 1024 * 1024;
const DOMAIN = 'countersign/request/1\n';
const SIGNATURE_TEXT = /^[A-Za-z0-9+/]{87}=$/;

export interface BaseRef {
  /** Digest of the base mapping. */
  mapping: string;
  /** Exact text of `map.json`. */
  text?: string;
  /**
   * Base64 signatures of the base mapping, by label. A signer that signed the request which made this mapping can
   * rebuild the mapping's text, and needs only these signatures.
   */
  signatures?: Record<string, string>;
}

export interface RequestContent extends GivenChanges {
  network: string;
  /** Digest of the trust profile. */
  trust: string;
  base: BaseRef;
  height: number;
  time: string;
  /** Base64 signatures of this request's digest by controller index: who has signed so far. */
  endorsements?: Record<string, string>;
}

export interface Request extends Omit<RequestContent, keyof Changes>, Changes {
  /**
   * Hex. Does not cover `base.text`, which must match the base's digest. Does not cover `base.signatures` and
   * `endorsements` either, which are verified with the pinned keys.
   */
  digest: string;
  reviewCode: string;
}

/** The digest's input: the request without the base's text and signatures, and without the endorsements. */
export function digestedContent(request: RequestContent): { [key: string]: PlainValue } {
  const { network, trust, base, height, time, reason } = request;
  const head = { type: 'countersign/request', version: 1, network, trust, base: { mapping: base.mapping } };
  const lists = Object.fromEntries(nonEmptyLists(request));
  return { ...head, height, time, ...(reason !== undefined && { reason }), ...lists };
}

export function addDigest(request: RequestContent): Request {
  const digest = bytesToHex(sha256(utf8(DOMAIN + canonicalJson(digestedContent(request)))));
  const { issuances = [], redemptions = [], corrections = [] } = request;
  return { ...request, issuances, redemptions, corrections, digest, reviewCode: reviewCode(digest) };
}

const LABELS = Array.from({ length: MAX_CONTROLLERS }, (_, i) => String(i + 1));

/** The text of a signature. Checks the form of the text, but not whether the signature is valid. */
export const readSignatureText = (fields: Fields, name: string): string =>
  fields.text(name, SIGNATURE_TEXT, 'base64 of 65 bytes');

/** Signatures by controller index; undefined if the member is absent. */
function readSignaturesByIndex(fields: Fields, name: string): Record<string, string> | undefined {
  if (fields.value(name) === undefined) return undefined;
  const optional = LABELS.map(label => `${label}?`);
  const signed = fields.object(name, optional);
  const given = LABELS.filter(label => signed.value(label) !== undefined);
  return Object.fromEntries(given.map(label => [label, readSignatureText(signed, label)]));
}

function readBase(base: Fields): BaseRef {
  const out: BaseRef = { mapping: base.hex('mapping', 32) };
  const [text, signatures] = [base.value('text'), readSignaturesByIndex(base, 'signatures')];
  checkField(text === undefined || typeof text === 'string', 'base.text', 'text', text);
  return { ...out, ...(text !== undefined && { text }), ...(signatures && { signatures }) };
}

/** @throws Refusal FIELD_INVALID, naming the member */
export function parseRequest(value: JsonValue, what = 'request'): Request {
  try {
    const names = ['network', 'trust', 'base', 'height', 'time', ...CHANGE_MEMBERS, 'endorsements?'];
    const fields = Fields.file(value, 'countersign/request', names);
    const time = fields.text('time');
    checkField(isUnambiguousTime(time), 'time', NEW_TIME_FORM, time);
    const endorsements = readSignaturesByIndex(fields, 'endorsements');
    return addDigest({
      network: fields.text('network', /^[a-z0-9_]{1,32}$/, 'a network name of 1 to 32 characters of a-z 0-9 _'),
      trust: fields.hex('trust', 32),
      base: readBase(fields.object('base', ['mapping', 'text?', 'signatures?'])),
      height: fields.integer('height', 0, MAX_HEIGHT),
      time,
      ...readChanges(fields),
      ...(endorsements && { endorsements }),
    });
  } catch (error) {
    throw addPlaceToMessage(what, error);
  }
}

/**
 * Reads a request and checks its form. `derive` and the signer check whether it may be signed.
 * @throws Refusal FORMAT_INVALID, FIELD_INVALID naming the member, TOO_LARGE
 */
export const readRequest = (bytes: Uint8Array, what = 'request'): Request =>
  readAsExpectedKind(bytes, what, FILE.request, () => parseRequest(readJson(bytes, what, MAX_REQUEST_BYTES), what));

/** Text of the file: indented, with the members in the order of `docs/formats.md`. */
export function requestText(request: RequestContent): string {
  const { base, endorsements } = request;
  return `${JSON.stringify({ ...digestedContent(request), base, endorsements }, null, 1)}\n`;
}
