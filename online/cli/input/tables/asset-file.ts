/** Reads a table of assets. */
import { parseAddress } from '../../../../shared/address.ts';
import { parseAmount } from '../../../../shared/amount.ts';
import { decodeBase58Check } from '../../../../shared/base58.ts';
import {
  ASSET_RULES,
  type AssetEntry,
  barReference,
  checkAssetField,
  MAX_ISSUANCES,
} from '../../../../shared/changes.ts';
import { fieldRefusal } from '../../../../shared/json-fields.ts';
import type { Network } from '../../../../shared/networks.ts';
import { massRangeText, type Trust } from '../../../../shared/trust.ts';
import { TableReader } from './table-reader.ts';
import { type AddressFault, addressInvalidRefusal, separatorRefusal, VALUES } from './texts.ts';

export const ASSET_FIELDS = Object.keys(ASSET_RULES) as (keyof AssetEntry)[];
const FORM = {
  columns: ASSET_FIELDS,
  entry: 'asset',
  values: VALUES.assets,
  digits: { serial: 6 },
};

const POINT = 'a decimal point';
const NO_SEPARATOR = 'no separator of thousands';

/**
 * The problem of a mass with a decimal comma or with separators of thousands, as spreadsheets write them;
 * null for other texts. The program never guesses the meaning of a separator.
 */
function findSeparatorProblem(mass: string): { expected: string; write: string } | null {
  const bare = (text: string) => text.replace(/[^0-9.]/g, '');
  const pointed = mass.replace(',', '.');
  if (/^[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$/.test(mass))
    return {
      expected: `${POINT} and ${NO_SEPARATOR}`,
      write: bare(mass.replaceAll('.', '').replace(',', '.')),
    };
  if (/^[0-9]{1,3}([,'\u2019 \u00a0\u202f][0-9]{3})+(\.[0-9]+)?$/.test(mass))
    return /^[0-9]+,[0-9]{3}$/.test(mass)
      ? { expected: `${POINT} or ${NO_SEPARATOR}`, write: `${pointed} or ${bare(mass)}` }
      : { expected: NO_SEPARATOR, write: bare(mass) };
  return /^[0-9]+,[0-9]+$/.test(mass) ? { expected: POINT, write: pointed } : null;
}

/**
 * Refuses an invalid address and says what is wrong with it, because a person cannot see the error.
 * @throws Refusal FIELD_INVALID
 */
function checkAddress(network: Network, text: string): void {
  const refused = (fault: AddressFault | null) => addressInvalidRefusal(network.name, text, fault);
  if (text === '') throw refused(null);
  const character = /[^1-9A-HJ-NP-Za-km-z]/.exec(text)?.[0];
  if (character) throw refused({ is: 'character', character });
  if (text.length < 26 || text.length > 36) throw refused({ is: 'length' });
  if (!decodeBase58Check(text)) throw refused({ is: 'checksum' });
  parseAddress(network, text, 'address');
}

/** Checks a field with the rules that the signer uses. @throws Refusal FIELD_INVALID naming the field */
export function checkAssetCell(field: keyof AssetEntry, value: string, trust: Trust): void {
  if (field === 'address') checkAddress(trust.network, value);
  const separator = field === 'mass' ? findSeparatorProblem(value) : null;
  if (separator !== null) throw separatorRefusal(separator.expected, value, separator.write);
  checkAssetField(field, value, field);
  if (field === 'mass') {
    const atoms = parseAmount(value, field, 3);
    if (atoms < parseAmount(trust.massMin, 'min') || atoms > parseAmount(trust.massMax, 'max')) {
      throw fieldRefusal(field, massRangeText(trust), value);
    }
  }
}

/**
 * Reads assets from a file. Checks every field, and that no bar occurs twice.
 * @throws Refusal FIELD_INVALID or DUPLICATE_ASSET naming every wrong line, FORMAT_INVALID, TOO_LARGE
 */
export function readAssets(
  bytes: Uint8Array,
  what: string,
  trust: Trust,
  note?: (text: string) => void,
): AssetEntry[] {
  const table = new TableReader(
    bytes,
    what,
    FORM,
    (field, value) => checkAssetCell(field, value, trust),
    note,
  );
  table.once(cells => barReference(cells), 'DUPLICATE_ASSET');
  table.atMost(MAX_ISSUANCES);
  table.done();
  return table.rows.map(({ cells }) => cells as AssetEntry);
}
