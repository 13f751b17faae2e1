/**
 * Tests the table in RULES.md. If the function of a rule is removed from the built program, a request that breaks only
 * this rule is signed.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signerBuildOptions } from '../.tools/laptop/signer-build.ts';
import { base, baseText, issuanceAt, sampleRequest } from '../fixtures/sample-request.ts';
import { formatAmount, parseAmount } from '../shared/amount.ts';
import type { Burn } from '../shared/changes.ts';
import { listAssets } from '../shared/mapping/asset-listing.ts';
import { emptyMapping, type Mapping } from '../shared/mapping/mapping.ts';
import { BuiltSigner } from './testing/built-signer.ts';
import {
  correctionRequest,
  makeRedemption,
  outputFromName,
  redemptionRequest,
  referenceParts,
} from './testing/redemption-requests.ts';
import {
  baseMemberOf,
  type Changes,
  fullySignedMapping,
  makeSigningHelpers,
  mappingText,
} from './testing/signing-attempts.ts';

const readText = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const ROW = /^\| (\d+) \| (.*?) \| `([A-Z_]+)` \| `(.*?)`: `(\w+)` \| (.*) \|$/gm;
const rows = [...readText('RULES.md').matchAll(ROW)].map(([, rule, what, code, file, name, inTest]) => {
  return { rule: Number(rule), what: what!, code: code!, file: file!, name: name!, inTest: inTest! };
});
const [first, second] = [issuanceAt(0, 3310), issuanceAt(1, 3310)];
const [serial, year, manufacturer] = [...base.references()][0]!.split('-') as [string, string, string];
const next = fullySignedMapping({ issuances: [second] });
const [known, another, third] = [...base.references()] as [string, string, string];
const redemption = makeRedemption(base, known);
const [burn] = redemption.burns as [Burn];
const burnAmountPlus = (atoms: bigint) => formatAmount(parseAmount(burn.amount, 'amount') + atoms);
const half = { ...burn, amount: formatAmount(parseAmount(burn.amount, 'amount') / 2n) };
/** A redemption after which the token of the redeemed bar represents another bar. */
const moving = redemptionRequest(base, makeRedemption(base, known, 'x', [[...listAssets(base)][1]!.assetId]));
/** A redemption whose burnt output was counted for another bar. */
const stolen = {
  ...redemptionRequest(base, {
    ...makeRedemption(base, another),
    burns: [{ ...makeRedemption(base, another).burns[0]!, ...outputFromName(known) }],
  }),
  time: '1763795200.000001',
};
const empty = emptyMapping(2, 3, '1900000000.000001');

interface Broken {
  /** The changes of a request that is signed first. */
  before?: Changes;
  changes?: Changes;
  code?: string;
  flags?: string[];
  /** A release before the request, with the published mapping. */
  release?: { bar: string; mapping: Mapping };
  /** A fault that is put into the code, for a rule that no request can break. */
  fault?: { file: string; from: string; to: string };
  /** Functions of later rules that would refuse the same request, and are therefore removed too. */
  later?: [file: string, name: string][];
}
const DERIVE = 'shared/redemption/derive-redemptions.ts';
const INVARIANTS: [string, string][] = [
  ['shared/redemption/invariants.ts', 'checkRemapping'],
  ['shared/redemption/invariants.ts', 'checkTotalMass'],
];

/** For each rule's function: a request that breaks only this rule, and what is signed before the request. */
const broken: Record<string, Broken> = {
  checkProfile: { changes: { trust: 'ab'.repeat(32) } },
  checkBaseDigest: { changes: { base: { mapping: 'cd'.repeat(32), text: baseText } } },
  checkBaseMapping: { changes: baseMemberOf(base.withSignatures(new Map([...base.signatures].slice(1)))) },
  checkFirstBase: {
    before: { issuances: [first] },
    changes: { ...baseMemberOf(empty), time: '1900000001.000001', issuances: [second] },
    flags: ['--ignore-clock'],
  },
  checkBaseAge: {
    before: { ...baseMemberOf(next), time: '1763795300.000001', issuances: [first] },
    changes: { issuances: [issuanceAt(2, 3310)] },
  },
  checkHeightAndTime: { changes: { time: '1568906123.897162' } },
  checkClock: { changes: { time: '4000000000.000001' } },
  checkAssetField: { changes: { issuances: [{ ...first, manufacturer: 'A   mass 400.0' }] } },
  checkMassLimits: { changes: { issuances: [{ ...first, mass: '349', tokens: '3490.19220075' }] } },
  checkCoinsOnce: { changes: { issuances: [first, { ...second, coin: first.coin }] } },
  checkBarsAreNew: { changes: { issuances: [{ ...first, serial, year, manufacturer }] } },
  checkTokenAmount: { changes: { issuances: [{ ...first, tokens: '3891.63430771' }] } },
  checkCoinsAndBars: {
    before: { issuances: [first] },
    changes: { time: '1763795200.000001', issuances: [{ ...first, coin: second.coin }] },
  },
  checkRedemptionHeight: { changes: redemptionRequest(base, makeRedemption(base, known, 'x', undefined, 3311)) },
  // The request also has issuances. Without the rule, only the issuances would be read and signed.
  checkOneKind: { changes: { redemptions: [redemption] }, code: sampleRequest().reviewCode },
  checkAmountAboveZero: {
    changes: redemptionRequest(base, { ...redemption, burns: [burn, { ...burn, vout: 1, amount: '0.00000000' }] }),
  },
  checkBarMapped: { changes: correctionRequest(base, { reference: '999999-2020-NONE', remove: true }) },
  checkCorrectedNames: { changes: correctionRequest(base, { reference: known, to: referenceParts(another) }) },
  checkMassEqualsMapped: { changes: redemptionRequest(base, { ...redemption, mass: '389.143' }) },
  checkBurntSum: {
    changes: redemptionRequest(base, { ...redemption, burns: [{ ...burn, amount: burnAmountPlus(210n) }] }),
  },
  checkTokenKnown: {
    changes: redemptionRequest(base, { ...redemption, burns: [{ ...burn, token: 'f'.repeat(64) }] }),
    later: [[DERIVE, 'checkBurntNotAboveMapped'], ...INVARIANTS],
  },
  checkBurntNotAboveMapped: {
    changes: redemptionRequest(base, { ...makeRedemption(base, third, 'x', [burn.token]) }),
    later: INVARIANTS,
  },
  checkRemapping: {
    changes: moving,
    fault: {
      file: 'shared/redemption/remapping.ts',
      from: 'if (rounded <= 0) continue;',
      to: 'if (mass > 0) continue;',
    },
    later: INVARIANTS.slice(1),
  },
  checkTotalMass: {
    changes: moving,
    fault: { file: 'shared/derive.ts', from: '[...issued, ...added]', to: '[...issued]' },
  },
  checkBurnsOnce: { changes: redemptionRequest(base, { ...redemption, burns: [half, half] }) },
  checkBurnsUncounted: {
    before: redemptionRequest(base, redemption),
    changes: stolen,
  },
  // The base is not newer than the mapping of the redemption, so the burns cannot be released with it.
  checkRedemptionUnpublished: {
    before: redemptionRequest(base, redemption),
    release: { bar: known, mapping: base },
    changes: stolen,
  },
  confirmCode: { code: '0000-0000-0000-0000' },
  // Only faulty software or memory can cause an invalid signature; a request cannot.
  verifySignatures: {
    fault: {
      file: 'shared/ecdsa.ts',
      from: 'const recovered = ',
      to: 'const recovered = new Uint8Array(65).fill(1) ?? ',
    },
  },
};

/** Return values of the replaced functions, for functions that return a value. */
const NEUTRAL: Record<string, string> = { checkBaseMapping: '[1, 2]', checkClock: '[]' };
/** A text replacement in one source file. */
interface Edit {
  file: string;
  change: (text: string) => string;
}

const makeRemovalEdit = (file: string, name: string): Edit => ({
  file,
  change: text =>
    text.replace(new RegExp(`function ${name}\\([\\s\\S]*?\\)(: [^\\n]*)? \\{\\n`), all => {
      return `${all}  if (1 > 0) return ${NEUTRAL[name] ?? 'undefined'} as never;\n`;
    }),
});

/** An esbuild plugin that edits source files while bundling. */
function editPlugin(file: string, edits: Edit[]): Plugin {
  const filter = new RegExp(`/${file.replace('.', '\\.')}$`);
  return {
    name: `changed ${file}`,
    setup: ({ onLoad }) => {
      onLoad({ filter }, ({ path }) => {
        const apply = (text: string, { change }: Edit) => {
          const result = change(text);
          if (result === text) throw new Error(`nothing to change in ${file}`);
          return result;
        };
        return { contents: edits.reduce(apply, readFileSync(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}

async function buildEditedProgram(edits: Edit[]): Promise<BuiltSigner> {
  const program = new BuiltSigner();
  const files = [...new Set(edits.map(({ file }) => file))];
  const plugins = files.map(file =>
    editPlugin(
      file,
      edits.filter(edit => edit.file === file),
    ),
  );
  const { outputFiles } = await build({ ...signerBuildOptions(), write: false, plugins });
  writeFileSync(program.file, outputFiles[0]!.text);
  return program;
}

const real = await BuiltSigner.built();
const master = real.prepare('master');
const { fresh, sign, accepted } = makeSigningHelpers(real, master);
const programs: BuiltSigner[] = [real];
test.after(() => programs.forEach(program => void program.remove()));

test('RULES.md has ten rules, and each names an existing function, code and test', () => {
  assert.equal([...new Set(rows.map(({ rule }) => rule))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.is(rows.length, readText('RULES.md').match(/^\| \d/gm)!.length, 'every row was read');
  assert.equal(rows.map(({ name }) => name).sort(), Object.keys(broken).sort());
  const tests = readText('rules.test.ts') + readText('redemption-rules.test.ts');
  for (const { file, name, inTest } of rows) {
    assert.ok(existsSync(new URL(`../${file}`, import.meta.url)), file);
    assert.match(readText(`../${file}`), new RegExp(`function ${name}\\(`));
    assert.ok(
      ["'", '"', '`'].some(quote => tests.includes(`test(${quote}${inTest}${quote}`)),
      inTest,
    );
  }
});

function releaseBurns(home: string, bar: string, mapping: Mapping) {
  real.put('map.json', mappingText(mapping));
  return real.run('release', bar, '--mapping', 'map.json', '--confirm', bar, '--home', home, '--json');
}

for (const { rule, what, code, file: source, name } of rows)
  test(`rule ${rule}: ${what}: only ${name} enforces it`, async () => {
    const { before, release, changes = {}, code: typed = '', flags = [], fault, later = [] } = broken[name] ?? {};
    const built = later.map(([file, name]) => makeRemovalEdit(file, name));
    if (fault) built.push({ file: fault.file, change: text => text.replace(fault.from, fault.to) });
    const home = fresh();
    if (before) accepted(sign(home, before));
    const file = real.file;
    const attempt = async (edits: Edit[]) => {
      const program = await buildEditedProgram(edits);
      programs.push(program);
      real.file = program.file;
      try {
        const freed = release && releaseBurns(home, release.bar, release.mapping);
        if (freed && freed.status !== 0) return freed;
        return sign(home, changes, { code: typed, flags });
      } finally {
        real.file = file;
      }
    };
    rmSync(real.path('sign.json'), { force: true });
    const refused = await attempt(built);
    assert.is(refused.json?.error?.code, code, refused.out);
    assert.not.ok(existsSync(real.path('sign.json')), 'nothing was signed');
    const signed = await attempt([...built, makeRemovalEdit(source, name)]);
    assert.is(signed.status, 0, signed.out);
    assert.ok(existsSync(real.path('sign.json')), 'signed, for want of that function');
  });

test.run();
