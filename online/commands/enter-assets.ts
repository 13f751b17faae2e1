/** Assets typed by a person: each field checked at once, `back` goes one field back, nothing has a default. */
import { type AssetEntry, MAX_ISSUANCES } from '../../shared/request.ts';
import type { Trust } from '../../shared/trust.ts';
import { ASSET_FIELDS, checkAsset } from '../asset-file.ts';
import { ask, askYes } from '../prompts.ts';
import type { World } from '../world.ts';

const FLAG = '--issuances FILE';
const QUESTIONS: Record<keyof AssetEntry, string> = {
  serial: 'Serial number (6 letters or digits): ',
  year: 'Year of manufacture: ',
  manufacturer: 'Manufacturer: ',
  mass: 'Fine mass (for example 389.142): ',
  address: 'Address that receives the tokens: ',
};

async function enterOne(world: World, trust: Trust, number: number): Promise<AssetEntry> {
  const asset: Partial<AssetEntry> = {};
  world.stderr.write(`Asset ${number} (type "back" to correct the field before)\n`);
  for (let i = 0; i < ASSET_FIELDS.length; ) {
    const field = ASSET_FIELDS[i] as keyof AssetEntry;
    const answer = await ask(world, `  ${QUESTIONS[field]}`, FLAG);
    if (answer === 'back') {
      i = Math.max(0, i - 1);
      continue;
    }
    try {
      checkAsset(field, answer, trust);
      asset[field] = answer;
      i++;
    } catch (error) {
      world.stderr.write(`  ${(error as Error).message}\n`);
    }
  }
  return asset as AssetEntry;
}

export async function enterAssets(world: World, trust: Trust): Promise<AssetEntry[]> {
  const assets: AssetEntry[] = [];
  do assets.push(await enterOne(world, trust, assets.length + 1));
  while (assets.length < MAX_ISSUANCES && (await askYes(world, 'Another asset?', FLAG)));
  return assets;
}
