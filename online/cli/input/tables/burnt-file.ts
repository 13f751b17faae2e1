/**
 * Reads the older wallet's `burntassets.dat`: amount and token of each burnt output. The wallet writes no
 * line ends. A token has 64 digits, so the next amount begins after them.
 */
import { parseAmount } from '../../../../shared/amount.ts';
import { valueText } from '../../../../shared/errors.ts';
import { burntFileRefusal } from './texts.ts';

export const MAX_BURNT_BYTES = 1024 * 1024;
/** One entry: amount and token. The amount has the form of a Python float. */
const ENTRY = /\s*([0-9]+(?:\.[0-9]+)?(?:e-[0-9]{2})?) ([0-9a-f]{64})\s*/y;

/** @throws Refusal FIELD_INVALID for more than 8 decimals */
function parseAtoms(text: string): bigint {
  // Python prints amounts below 0.0001 with an exponent. The conversion is exact, because a double has more
  // digits than the 8 decimals.
  return parseAmount(text.includes('e') ? Number(text).toFixed(8) : text, 'amount');
}

/**
 * @returns atoms by asset id
 * @throws Refusal FORMAT_INVALID for an empty file, or naming the first invalid entry; FIELD_INVALID for more
 * than 8 decimals
 */
export function readBurntAmounts(bytes: Uint8Array, what: string): Map<string, bigint> {
  const wrong = (problem: string) => burntFileRefusal(what, problem);
  const text = new TextDecoder().decode(bytes).trimEnd();
  const burnt = new Map<string, bigint>();
  for (let at = 0, number = 1; at < text.length; number++) {
    ENTRY.lastIndex = at;
    const [all, amount, token] = ENTRY.exec(text) ?? [];
    if (all === undefined || amount === undefined || token === undefined)
      throw wrong(
        `entry ${number}: expected an amount and a token, got ${valueText(text.slice(at, at + 80))}`,
      );
    burnt.set(token, (burnt.get(token) ?? 0n) + parseAtoms(amount));
    at += all.length;
  }
  if (burnt.size === 0) throw wrong('expected an amount and a token for each burn, got nothing');
  return burnt;
}
