/** Addresses of the pinned network and the output scripts they stand for. */
import { decodeBase58Check, encodeBase58Check } from './base58.ts';
import { concat } from './bytes.ts';
import { Refusal, shown } from './errors.ts';
import { type Network, networkByName, networkNames } from './networks.ts';
import { p2pkhScript, p2shScript } from './script.ts';

export interface Address {
  kind: 'p2pkh' | 'p2sh';
  hash: Uint8Array;
  scriptPubKey: Uint8Array;
}

export function p2shAddress(network: Network, scriptHash: Uint8Array): string {
  return encodeBase58Check(concat(Uint8Array.of(network.p2sh), scriptHash));
}

export function p2pkhAddress(network: Network, keyHash: Uint8Array): string {
  return encodeBase58Check(concat(Uint8Array.of(network.p2pkh), keyHash));
}

function foreignNetwork(version: number): string | undefined {
  return networkNames().find(name => {
    const network = networkByName(name);
    return network.p2pkh === version || network.p2sh === version;
  });
}

/** @throws Refusal FIELD_INVALID naming `path`, and the other network where the address is one of another */
export function parseAddress(network: Network, text: string, path: string): Address {
  const hint = `Give an address of the network ${network.name}, copied as a whole.`;
  const payload = decodeBase58Check(text);
  if (payload?.length !== 21)
    throw new Refusal('FIELD_INVALID', `${path}: expected an address, got ${shown(text)}`, hint);
  const version = payload[0] as number;
  const hash = payload.slice(1);
  if (version === network.p2pkh) return { kind: 'p2pkh', hash, scriptPubKey: p2pkhScript(hash) };
  if (version === network.p2sh) return { kind: 'p2sh', hash, scriptPubKey: p2shScript(hash) };
  const other = foreignNetwork(version);
  throw new Refusal(
    'FIELD_INVALID',
    `${path}: expected an address of ${network.name}, got ${shown(text)} of ${other ?? `an unknown network (version byte ${version})`}`,
    hint,
  );
}
