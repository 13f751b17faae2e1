/** RULES.md against the code: with a rule's function taken out of the built program, what breaks exactly that rule is signed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signerOptions } from '../.tools/laptop/signer-build.ts';
import { base, baseText, issuanceAt } from '../fixtures/sample.ts';
import { emptyMapping } from '../shared/mapping/mapping.ts';
import { attempts, type Changes, on, published } from './testing/attempts.ts';
import { Program } from './testing/program.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const ROW = /^\| (\d+) \| (.*?) \| `([A-Z_]+)` \| `(.*?)`: `(\w+)` \| (.*) \|$/gm;
const rows = [...read('RULES.md').matchAll(ROW)].map(([, rule, what, code, file, name, inTest]) => {
  return { rule: Number(rule), what: what!, code: code!, file: file!, name: name!, inTest: inTest! };
});
const [first, second] = [issuanceAt(0, 3310), issuanceAt(1, 3310)];
const [serial, year, manufacturer] = [...base.references()][0]!.split('-') as [string, string, string];
const next = published({ issuances: [second] });
const empty = emptyMapping(2, 3, '1900000000.000001');

/** By function: what is signed before, and what breaks its rule and no other. */
const broken: Record<string, { before?: Changes; changes?: Changes; code?: string; flags?: string[] }> = {
  checkProfile: { changes: { trust: 'ab'.repeat(32) } },
  checkDigest: { changes: { base: { mapping: 'cd'.repeat(32), text: baseText } } },
  checkBase: { changes: on(base.withSignatures(new Map([...base.signatures].slice(1)))) },
  checkFirst: {
    before: { issuances: [first] },
    changes: { ...on(empty), time: '1900000001.000001', issuances: [second] },
    flags: ['--ignore-clock'],
  },
  checkAge: {
    before: { ...on(next), time: '1763795300.000001', issuances: [first] },
    changes: { issuances: [issuanceAt(2, 3310)] },
  },
  checkOrder: { changes: { time: '1568906123.897162' } },
  checkClock: { changes: { time: '4000000000.000001' } },
  checkAssetField: { changes: { issuances: [{ ...first, manufacturer: 'A   mass 400.0' }] } },
  checkLimits: { changes: { issuances: [{ ...first, mass: '349', tokens: '3490.19220075' }] } },
  checkCoinsOnce: { changes: { issuances: [first, { ...second, coin: first.coin }] } },
  checkReferences: { changes: { issuances: [{ ...first, serial, year, manufacturer }] } },
  checkTokens: { changes: { issuances: [{ ...first, tokens: '3891.63430771' }] } },
  checkCoins: {
    before: { issuances: [first] },
    changes: { time: '1763795200.000001', issuances: [{ ...first, coin: second.coin }] },
  },
  confirmCode: { code: '0000-0000-0000-0000' },
  // What a faulty library or memory would make; nothing in a request can.
  verifySignatures: {},
};

/** What the functions that return something return in its place. */
const NEUTRAL: Record<string, string> = { checkBase: '[1, 2]', checkClock: '[]' };
const FAULT = {
  file: 'shared/ecdsa.ts',
  from: 'const recovered = ',
  to: 'const recovered = new Uint8Array(65).fill(1) ?? ',
};

/** Changes the text of one source file on its way into the bundle. */
function changed(file: string, change: (text: string) => string): Plugin {
  const filter = new RegExp(`/${file.replace('.', '\\.')}$`);
  return {
    name: `changed ${file}`,
    setup: ({ onLoad }) => {
      onLoad({ filter }, ({ path }) => {
        const contents = readFileSync(path, 'utf8');
        const result = change(contents);
        if (result === contents) throw new Error(`nothing to change in ${file}`);
        return { contents: result, loader: 'ts' };
      });
    },
  };
}

const without = (file: string, name: string) =>
  changed(file, text =>
    text.replace(new RegExp(`function ${name}\\([\\s\\S]*?\\)(: [^\\n]*)? \\{\\n`), all => {
      return `${all}  if (1 > 0) return ${NEUTRAL[name] ?? 'undefined'} as never;\n`;
    }),
  );

async function programWith(plugins: Plugin[]): Promise<Program> {
  const program = new Program();
  const { outputFiles } = await build({ ...signerOptions(), write: false, plugins });
  writeFileSync(program.file, outputFiles[0]!.text);
  return program;
}

const real = await Program.built();
const master = real.prepare('master');
const { fresh, sign, accepted } = attempts(real, master);
const programs: Program[] = [real];
test.after(() => programs.forEach(program => void program.remove()));

test('ten rules, each with its function, its code and its test', () => {
  assert.equal([...new Set(rows.map(({ rule }) => rule))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.is(rows.length, read('RULES.md').match(/^\| \d/gm)!.length, 'every row was read');
  assert.equal(rows.map(({ name }) => name).sort(), Object.keys(broken).sort());
  const tests = read('rules.test.ts');
  for (const { file, name, inTest } of rows) {
    assert.ok(existsSync(new URL(`../${file}`, import.meta.url)), file);
    assert.match(read(`../${file}`), new RegExp(`function ${name}\\(`));
    assert.ok(
      ["'", '"', '`'].some(quote => tests.includes(`test(${quote}${inTest}${quote}`)),
      inTest,
    );
  }
});

for (const { rule, what, code, file: source, name } of rows)
  test(`rule ${rule}: ${what}: it takes ${name} to hold it`, async () => {
    const { before, changes = {}, code: typed = '', flags = [] } = broken[name] ?? {};
    const fault = name === 'verifySignatures' ? [changed(FAULT.file, text => text.replace(FAULT.from, FAULT.to))] : [];
    const home = fresh();
    if (before) accepted(sign(home, before));
    const file = real.file;
    const attempt = async (plugins: Plugin[]) => {
      const program = await programWith(plugins);
      programs.push(program);
      real.file = program.file;
      try {
        return sign(home, changes, { code: typed, flags });
      } finally {
        real.file = file;
      }
    };
    rmSync(real.path('sign.json'), { force: true });
    const refused = await attempt(fault);
    assert.is(refused.json?.error?.code, code, refused.out);
    assert.not.ok(existsSync(real.path('sign.json')), 'nothing was signed');
    const signed = await attempt([...fault, without(source, name)]);
    assert.is(signed.status, 0, signed.out);
    assert.ok(existsSync(real.path('sign.json')), 'signed, for want of that function');
  });

test.run();
