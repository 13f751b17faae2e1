/** The networks: version bytes of addresses and keys. */
import { checkThat, valueText } from './errors.ts';

export interface Network {
  name: string;
  /** Version bytes of addresses (P2PKH and P2SH) and of private keys (WIF). */
  p2pkh: number;
  p2sh: number;
  wif: number;
}

export const NETWORKS: readonly Network[] = [
  { name: 'ocean_main', p2pkh: 28, p2sh: 87, wif: 128 },
  { name: 'ocean_test', p2pkh: 235, p2sh: 75, wif: 239 },
  { name: 'gold_main', p2pkh: 38, p2sh: 97, wif: 180 },
];

/** @throws Refusal NETWORK_UNKNOWN */
export function networkByName(name: string): Network {
  const network = NETWORKS.find(known => known.name === name);
  const hint =
    'Give one of these networks, or describe another network as {"name", "p2pkh", "p2sh", "wif"} with its version bytes.';
  const names = NETWORKS.map(known => known.name).join(', ');
  checkThat(network, 'NETWORK_UNKNOWN', `network: expected one of ${names}, got ${valueText(name)}`, hint);
  return network;
}
