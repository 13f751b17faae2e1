/** Lists the assets of a mapping one by one. The signer does not use it. */
import { type Asset, textOf } from './assets.ts';
import type { Mapping } from './mapping.ts';

/** @param i index in file order */
export function assetAt({ content: { assets } }: Mapping, i: number): Asset {
  const [reference, mass] = [textOf(assets, i, 'reference'), textOf(assets, i, 'mass')];
  return { key: assets.keys[+i] as number, reference, mass, assetId: textOf(assets, i, 'assetId') };
}

/** All assets in file order. */
export function* assetsOf(mapping: Mapping): Generator<Asset> {
  for (let i = 0; i < mapping.size; i++) yield assetAt(mapping, i);
}
