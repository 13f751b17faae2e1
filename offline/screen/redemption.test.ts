/** The screen of redemptions and corrections: what it shows is what is signed, in 80 columns, and what it says is true. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases, redemptionTrust, requestFor } from '../../fixtures/vectors/redemptions.ts';
import { formatAmount } from '../../shared/amount.ts';
import { outpointOf } from '../../shared/changes.ts';
import { derive } from '../../shared/derive.ts';
import { sumOfMasses } from '../../shared/redemption/masses.ts';
import type { Holding } from '../../shared/redemption/remap.ts';
import { inspect, redeemingDevice } from '../testing/redeeming.ts';

const device = await redeemingDevice();
const sound = cases.filter(({ proposed }) => proposed.refused === null);

/** The tables of the screen: what each token's part of a bar was, and is. */
function tablesOf(screen: string) {
  const [, bars = '', tokens = ''] = /\n {2}Bars, .*\n([\s\S]*?)\n\n {2}Tokens .*\n([\s\S]*?)\n---/.exec(screen) ?? [];
  const ids = new Map([...tokens.matchAll(/^ {2}(\S+\.\.\S+) ([0-9a-f]{64})$/gm)].map(([, name, id]) => [name, id]));
  const rows = [...bars.matchAll(/^( +)(.*\S) +(\S+) +(\S+)$/gm)];
  let bar = '';
  const parts = rows.flatMap(([, indent, name, before, after]) => {
    if (indent === '      ') return [{ bar, token: ids.get(name), before, after }];
    bar = name!;
    return [];
  });
  return parts;
}

const partOf = (holdings: readonly Holding[], bar: string, token: string): string => {
  const own = holdings.filter(one => one.bar === bar && one.token === token).map(({ mass }) => String(mass));
  return own.length > 0 ? sumOfMasses(own) : '-';
};

test('what the screen shows of bars, tokens and burns is what is signed, for every recorded redemption', async () => {
  for (const one of sound) {
    const { request, base } = requestFor(one);
    const { remapped, redemptions } = derive(request, base, redemptionTrust);
    const { before, after } = remapped;
    const { err: screen } = await inspect(device, request);
    assert.match(screen, /^REDEMPTION on gold_main\n/, one.name);
    for (const line of screen.split('\n')) assert.match(line, /^[\x20-\x7e]{0,80}$/, one.name);
    const shown = tablesOf(screen);
    const pairs = new Set([...before, ...after].map(({ bar, token }) => JSON.stringify([bar, token])));
    for (const pair of pairs) {
      const [bar, token] = JSON.parse(pair) as [string, string];
      const [was, is] = [partOf(before, bar, token), partOf(after, bar, token)];
      const row = shown.find(part => part.bar === bar && part.token === token);
      assert.is(row === undefined, was === is, `${one.name}: ${bar} ${token} ${was} ${is}`);
      const plain = (text = '') => (text === '-' ? text : String(Number(text)));
      if (row) assert.equal([plain(row.before), plain(row.after)], [plain(was), plain(is)], one.name);
    }
    for (const { request, needed, burnt } of redemptions) {
      assert.ok(screen.includes(`tokens needed  ${formatAmount(needed)}\n`));
      assert.ok(screen.includes(`tokens burnt   ${formatAmount(burnt)}\n`));
      for (const burn of request.burns) assert.ok(screen.includes(`      in ${outpointOf(burn)}\n`));
    }
  }
});

test.run();
