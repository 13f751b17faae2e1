/** Makes addresses, and parses an address to the output script that it stands for. */
import { decodeBase58Check, encodeBase58Check } from './base58.ts';
import { concatBytes } from './bytes.ts';
import { checkThat, valueText } from './errors.ts';
import { NETWORKS, type Network } from './networks.ts';
import { p2pkhScript, p2shScript } from './output-scripts.ts';

export interface Address {
  kind: 'p2pkh' | 'p2sh';
  hash: Uint8Array;
  scriptPubKey: Uint8Array;
}

export const p2shAddress = (network: Network, scriptHash: Uint8Array): string =>
  encodeBase58Check(concatBytes(Uint8Array.of(network.p2sh), scriptHash));

export const p2pkhAddress = (network: Network, keyHash: Uint8Array): string =>
  encodeBase58Check(concatBytes(Uint8Array.of(network.p2pkh), keyHash));

export const addressHint = (network: string): string => `Give a complete address of the network ${network}.`;

/**
 * @returns kind, hash and output script of the address
 * @throws Refusal FIELD_INVALID, naming `path`, and the network if the address is of another known network
 */
export function parseAddress(network: Network, text: string, path: string): Address {
  const hint = addressHint(network.name);
  const [version, ...rest] = decodeBase58Check(text) ?? [];
  const hash = Uint8Array.from(rest);
  checkThat(hash.length === 20, 'FIELD_INVALID', `${path}: expected an address, got ${valueText(text)}`, hint);
  if (version === network.p2pkh) return { kind: 'p2pkh', hash, scriptPubKey: p2pkhScript(hash) };
  const other = NETWORKS.find(({ p2pkh, p2sh }) => version === p2pkh || version === p2sh);
  const found = other?.name ?? `an unknown network (version byte ${version})`;
  const message = `${path}: expected an address of ${network.name}, got ${valueText(text)} of ${found}`;
  checkThat(version === network.p2sh, 'FIELD_INVALID', message, hint);
  return { kind: 'p2sh', hash, scriptPubKey: p2shScript(hash) };
}
