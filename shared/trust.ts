/** The trust profile (`trust.json`): what a device has pinned, and values derived from it. */
import { p2shAddress, parseAddress } from './address.ts';
import { parseAmount } from './amount.ts';
import { bytesToHex, hexToBytes, utf8 } from './bytes.ts';
import { isPublicKey } from './ecdsa.ts';
import { FILE, readAsExpectedKind } from './file-kind.ts';
import { hash160, sha256 } from './hash.ts';
import { canonicalJson, type JsonValue, readJson } from './json.ts';
import { checkField, Fields } from './json-fields.ts';
import { NETWORKS, type Network, networkByName } from './networks.ts';
import { MAX_CONTROLLERS, multisigScript, p2shScript } from './output-scripts.ts';
import { reviewCode } from './review-code.ts';

export const MAX_PROFILE = 64 * 1024;
const DOMAIN = 'countersign/trust/1\n';

export interface Trust {
  network: Network;
  /** Number of controllers that must sign. */
  n: number;
  m: number;
  /** Compressed keys, controller 1 first. */
  pubkeys: Uint8Array[];
  /** Asset id, in displayed byte order. */
  policyAsset: string;
  reissuanceAddress: string;
  reissuanceScript: Uint8Array;
  /** Atoms. */
  reissuanceTokens: bigint;
  massMin: string;
  massMax: string;
  /** Redeem script, output script and address of the n-of-m policy. They are computed, and are not in the file. */
  redeemScript: Uint8Array;
  scriptPubKey: Uint8Array;
  address: string;
  /** Hex. */
  digest: string;
  reviewCode: string;
  /** Text of the file in canonical form. */
  text: string;
}

/** The permitted masses of a bar, for messages and screens. */
export const massRangeText = ({ massMin, massMax }: Pick<Trust, 'massMin' | 'massMax'>): string =>
  `${massMin} to ${massMax} fine troy ounces`;

/**
 * True if two disjoint groups of controllers can each sign. Then no signer of one group knows what the other group
 * signed.
 */
export const canSplitPolicy = ({ n, m }: { n: number; m: number }): boolean => 2 * n <= m;

function readNetwork(fields: Fields): Network {
  if (!(fields.value('network') instanceof Map)) return networkByName(fields.text('network'));
  const custom = fields.object('network', ['name', 'p2pkh', 'p2sh', 'wif']);
  const name = custom.text('name', /^[a-z0-9_]{1,32}$/, '1 to 32 characters of a-z 0-9 _');
  const byte = (kind: string) => custom.integer(kind, 0, 255);
  const network = { name, p2pkh: byte('p2pkh'), p2sh: byte('p2sh'), wif: byte('wif') };
  const { p2sh } = network;
  checkField(network.p2pkh !== p2sh, 'network.p2sh', 'a version byte different from p2pkh', String(p2sh));
  // The screen of a request shows only the name of the network, so a network with a known name must have the known
  // version bytes.
  const known = NETWORKS.find(known => known.name === name) ?? network;
  const other = `another name, because ${name} has other version bytes`;
  checkField(canonicalJson({ ...known }) === canonicalJson({ ...network }), 'network.name', other, name);
  return network;
}

function readPubkeys(pubkeys: Fields, indices: string[]): Uint8Array[] {
  const texts = indices.map(index => pubkeys.hex(index, 33));
  return texts.map((text, i) => {
    const path = pubkeys.at(indices[+i] as string);
    const key = hexToBytes(text, path, 33);
    const first = texts.indexOf(text);
    checkField(isPublicKey(key), path, 'a compressed public key (a point of secp256k1)', text);
    checkField(first === i, path, `a key different from the key of controller ${first + 1}`, text);
    return key;
  });
}

/**
 * Checks a profile and computes the derived values.
 * @throws Refusal FIELD_INVALID naming the member, NETWORK_UNKNOWN
 */
export function parseTrust(value: JsonValue): Trust {
  const names = ['network', 'controllers', 'policyAsset', 'reissuanceAddress', 'reissuanceTokens', 'schedule', 'mass'];
  const fields = Fields.file(value, 'countersign/trust', names);
  fields.constant('schedule', 'amap-1');
  const network = readNetwork(fields);
  const controllers = fields.object('controllers', ['n', 'm', 'pubkeys']);
  const m = controllers.integer('m', 1, MAX_CONTROLLERS);
  const n = controllers.integer('n', 1, m);
  const indices = Array.from({ length: m }, (_, i) => String(i + 1));
  const pubkeys = readPubkeys(controllers.object('pubkeys', indices), indices);
  const policyAsset = fields.hex('policyAsset', 32);
  const [reissuanceAddress, tokens] = [fields.text('reissuanceAddress'), fields.text('reissuanceTokens')];
  const mass = fields.object('mass', ['min', 'max']);
  const [massMin, massMax] = [mass.text('min'), mass.text('max')];
  const [min, max] = [parseAmount(massMin, 'mass.min', 3), parseAmount(massMax, 'mass.max', 3)];
  checkField(min > 0n && min <= max, 'mass.min', `more than 0 and at most ${massMax} fine troy ounces`, massMin);
  const reissuanceTokens = parseAmount(tokens, 'reissuanceTokens');
  checkField(reissuanceTokens > 0n, 'reissuanceTokens', 'more than 0', tokens);

  const redeemScript = multisigScript(n, pubkeys);
  const hash = hash160(redeemScript);
  // Each member was checked above and has only one valid text, so this text is the canonical form.
  const text = canonicalJson(value);
  const digest = bytesToHex(sha256(utf8(DOMAIN + text)));
  const read = { network, n, m, pubkeys, policyAsset, reissuanceAddress, reissuanceTokens, massMin, massMax };
  return {
    ...read,
    reissuanceScript: parseAddress(network, reissuanceAddress, 'reissuanceAddress').scriptPubKey,
    redeemScript,
    scriptPubKey: p2shScript(hash),
    address: p2shAddress(network, hash),
    digest,
    reviewCode: reviewCode(digest),
    text,
  };
}

/** Reads `trust.json`. @throws Refusal FORMAT_INVALID, FIELD_INVALID, NETWORK_UNKNOWN, TOO_LARGE */
export const readTrust = (bytes: Uint8Array, what = 'trust profile'): Trust =>
  readAsExpectedKind(bytes, what, FILE.trust, () => parseTrust(readJson(bytes, what, MAX_PROFILE)));
