/** Decodes the assets of a mapping one by one. */
import { type Asset, partText } from './assets.ts';
import type { Mapping } from './mapping.ts';

/** @param i index of the asset in file order */
export function assetAtIndex({ content: { assets } }: Mapping, i: number): Asset {
  const [reference, mass] = [partText(assets, i, 'reference'), partText(assets, i, 'mass')];
  return { key: assets.keys[+i] as number, reference, mass, assetId: partText(assets, i, 'assetId') };
}

/** All assets in file order. */
export function* listAssets(mapping: Mapping): Generator<Asset> {
  for (let i = 0; i < mapping.size; i++) yield assetAtIndex(mapping, i);
}
