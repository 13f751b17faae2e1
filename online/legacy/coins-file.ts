/**
 * `ptxo.dat` lists the policy coins in the older scripts' format and order. Each line is `txid vout value`.
 */
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import { utf8 } from '../../shared/bytes.ts';
import { Refusal, valueText } from '../../shared/errors.ts';
import { outpointText, type PolicyCoin } from '../ledger/policy-coin.ts';
import { notChangedHint } from '../ledger/texts.ts';

/**
 * A line of the file. The older scripts print the value as a Python float, such as `5000.0`. Whole numbers
 * are accepted too.
 */
const LINE = /^([0-9a-f]{64}) (0|[1-9][0-9]{0,9}) ((?:0|[1-9][0-9]*)(?:\.[0-9]+)?)$/;

/** @throws Refusal OBJECT_INVALID, naming the line */
export function parseCoins(bytes: Uint8Array, what = 'ptxo.dat'): PolicyCoin[] {
  const wrong = (line: number, problem: string) =>
    new Refusal(
      'OBJECT_INVALID',
      `${what}: line ${line}: ${problem}`,
      `Rebuild the list with \`countersign coins scan\`. ${notChangedHint(what)}`,
    );
  const coins: PolicyCoin[] = [];
  const seen = new Set<string>();
  const text = new TextDecoder('utf-8').decode(bytes);
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const match = LINE.exec(line.trim());
    if (!match) throw wrong(i + 1, `expected "txid vout value", got ${valueText(line)}`);
    const value = (match[3] as string).replace(/(\.[0-9]{8})0+$/, '$1');
    const coin = { txid: match[1] as string, vout: Number(match[2]), amount: 0n };
    try {
      coin.amount = parseAmount(value, 'value');
    } catch (error) {
      throw wrong(i + 1, (error as Error).message);
    }
    if (seen.has(outpointText(coin)))
      throw wrong(i + 1, `expected each coin once, got ${outpointText(coin)} again`);
    seen.add(outpointText(coin));
    coins.push(coin);
  }
  return coins;
}

export function coinsFileBytes(coins: readonly PolicyCoin[]): Uint8Array {
  return utf8(coins.map(coin => `${coin.txid} ${coin.vout} ${formatAmount(coin.amount)}\n`).join(''));
}
