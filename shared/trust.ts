/** The trust profile (`trust.json`): what a device has pinned, and what follows from it. */
import { p2shAddress, parseAddress } from './address.ts';
import { parseAmount } from './amount.ts';
import { bytesToHex, hexToBytes, utf8 } from './bytes.ts';
import { isPublicKey } from './ecdsa.ts';
import { expectType, Fields, fieldInvalid } from './fields.ts';
import { sha256 } from './hash.ts';
import { canonicalJson, type JsonValue, type PlainValue, readJson } from './json.ts';
import { type Network, networkByName } from './networks.ts';
import { reviewCode } from './review-code.ts';
import { MAX_CONTROLLERS, multisigScript, p2shScript, scriptHash } from './script.ts';

const MAX_BYTES = 64 * 1024;
const DOMAIN = 'countersign/trust/1\n';

export interface Trust {
  network: Network;
  /** How many of the m controllers must agree. */
  n: number;
  m: number;
  /** Compressed keys, controller 1 first. */
  pubkeys: Uint8Array[];
  /** Id as it is shown. */
  policyAsset: string;
  reissuanceAddress: string;
  reissuanceScript: Uint8Array;
  /** Atoms. */
  reissuanceTokens: bigint;
  massMin: string;
  massMax: string;
  /** The n-of-m script, its output script and its address: derived, never read. */
  redeemScript: Uint8Array;
  scriptPubKey: Uint8Array;
  address: string;
  /** Hex. */
  digest: string;
  reviewCode: string;
  /** What the file says, for writing it again. */
  content: PlainValue;
}

function readNetwork(fields: Fields): { network: Network; content: PlainValue } {
  const value = fields.value('network');
  if (!(value instanceof Map)) {
    const name = fields.text('network');
    return { network: networkByName(name), content: name };
  }
  const custom = fields.object('network', ['name', 'p2pkh', 'p2sh', 'wif']);
  const network = {
    name: custom.text('name', /^[a-z0-9_]{1,32}$/, '1 to 32 characters of a-z 0-9 _'),
    p2pkh: custom.integer('p2pkh', 0, 255),
    p2sh: custom.integer('p2sh', 0, 255),
    wif: custom.integer('wif', 0, 255),
  };
  if (network.p2pkh === network.p2sh) {
    throw fieldInvalid('network.p2sh', 'a version byte other than that of p2pkh', String(network.p2sh));
  }
  return { network, content: { ...network } };
}

function readControllers(fields: Fields) {
  const controllers = fields.object('controllers', ['n', 'm', 'pubkeys']);
  const m = controllers.integer('m', 1, MAX_CONTROLLERS);
  const n = controllers.integer('n', 1, m);
  const indices = Array.from({ length: m }, (_, i) => String(i + 1));
  const pubkeys = controllers.object('pubkeys', indices);
  const texts = indices.map(index => pubkeys.hex(index, 33));
  const keys = texts.map((text, i) => {
    const path = pubkeys.at(String(i + 1));
    const key = hexToBytes(text, path, 33);
    if (!isPublicKey(key)) throw fieldInvalid(path, 'a compressed public key (a point of secp256k1)', text);
    if (texts.indexOf(text) !== i) {
      throw fieldInvalid(path, `a key of its own, not that of controller ${texts.indexOf(text) + 1}`, text);
    }
    return key;
  });
  return {
    n,
    m,
    pubkeys: keys,
    content: { n, m, pubkeys: Object.fromEntries(indices.map((k, i) => [k, texts[i] as string])) },
  };
}

/**
 * Checks a profile and derives what follows from it.
 * @throws Refusal FIELD_INVALID naming the member, NETWORK_UNKNOWN
 */
export function trustFrom(value: JsonValue): Trust {
  expectType(value, 'countersign/trust');
  const fields = new Fields(value, '', [
    'type',
    'version',
    'network',
    'controllers',
    'policyAsset',
    'reissuanceAddress',
    'reissuanceTokens',
    'schedule',
    'mass',
  ]);
  fields.constant('type', 'countersign/trust');
  fields.constant('version', 1);
  fields.constant('schedule', 'amap-1');
  const { network, content: networkContent } = readNetwork(fields);
  const { content: controllersContent, ...controllers } = readControllers(fields);
  const policyAsset = fields.hex('policyAsset', 32);
  const reissuanceAddress = fields.text('reissuanceAddress');
  const reissuanceTokens = fields.text('reissuanceTokens');
  const mass = fields.object('mass', ['min', 'max']);
  const massMin = mass.text('min');
  const massMax = mass.text('max');
  const min = parseAmount(massMin, 'mass.min', 3);
  const max = parseAmount(massMax, 'mass.max', 3);
  if (min <= 0n || min > max) throw fieldInvalid('mass.min', `more than 0 and at most ${massMax}`, massMin);
  const reissuanceAtoms = parseAmount(reissuanceTokens, 'reissuanceTokens');
  if (reissuanceAtoms <= 0n) throw fieldInvalid('reissuanceTokens', 'more than 0', reissuanceTokens);

  const redeemScript = multisigScript(controllers.n, controllers.pubkeys);
  const hash = scriptHash(redeemScript);
  const content: PlainValue = {
    type: 'countersign/trust',
    version: 1,
    network: networkContent,
    controllers: controllersContent,
    policyAsset,
    reissuanceAddress,
    reissuanceTokens,
    schedule: 'amap-1',
    mass: { min: massMin, max: massMax },
  };
  const digest = bytesToHex(sha256(utf8(DOMAIN + canonicalJson(content))));
  return {
    network,
    ...controllers,
    policyAsset,
    reissuanceAddress,
    reissuanceScript: parseAddress(network, reissuanceAddress, 'reissuanceAddress').scriptPubKey,
    reissuanceTokens: reissuanceAtoms,
    massMin,
    massMax,
    redeemScript,
    scriptPubKey: p2shScript(hash),
    address: p2shAddress(network, hash),
    digest,
    reviewCode: reviewCode(digest),
    content,
  };
}

/** Reads `trust.json`. @throws Refusal FORMAT_INVALID, FIELD_INVALID, NETWORK_UNKNOWN, TOO_LARGE */
export function readTrust(bytes: Uint8Array, what = 'trust profile'): Trust {
  return trustFrom(readJson(bytes, what, MAX_BYTES));
}
