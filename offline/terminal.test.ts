/** The built program at a real terminal: echoed, hidden and discarded input, small windows, and paging. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../fixtures/sample-request.ts';
import { derive } from '../shared/derive.ts';
import { readSignatures, signDerivation } from '../shared/signatures.ts';
import { failsWith } from '../shared/testing.ts';
import { showInPages } from './paged-text.ts';
import { COMMON_PASSPHRASE, checkPassphrase } from './passphrase.ts';
import { IMPOSSIBLE_ANSWER, NOTHING_ASKED, triesLeftText } from './questions.ts';
import { PASTE_REFUSED } from './terminal.ts';
import { BuiltSigner, PASSPHRASE } from './testing/built-signer.ts';
import {
  hasScript,
  runInTerminal,
  STOPPED,
  type Typed,
  WRONG_CODE,
  WRONG_PASSPHRASE,
  wrappedTextPattern,
} from './testing/real-terminal.ts';
import { correctionRequest, makeRedemption, redemptionRequest } from './testing/redemption-requests.ts';
import { TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { NEW_PASSPHRASE, PASSPHRASE_QUESTION, windowTooSmallRefusal } from './texts/asked-questions.ts';

const program = await BuiltSigner.built();
const home = program.prepare();
const [bar] = [...base.references()] as [string];
const code = sampleRequest().reviewCode;
const half = `${code.slice(0, 9)}-....-....`;
const expected = signDerivation(derive(sampleRequest(), base, trust), 1, testKeys[0]!, trust);
const OTHER_SCREEN = /OTHER screen: $/;
const HIDDEN = new RegExp(`${wrappedTextPattern(PASSPHRASE_QUESTION.trim())} $`);
const signCommand = (out: string, request = 'request.json') => ['sign', request, '--out', out, '--home', home];
/** The text of each page, without control sequences and typed input. */
const pageTexts = (screen: string) => screen.replaceAll('\r', '').split(/-- line \d+ of \d+, .* -- .*\n/);

test.after(() => program.remove());

if (hasScript) {
  test('at a real terminal: the passphrase is hidden, the code is echoed, and typing errors can be corrected', async () => {
    const OTHER = 'not the passphrase';
    const screen = await runInTerminal(
      program,
      ['sign', 'request.json', '--out', 'typed.json', '--home', home],
      [
        [/OTHER screen: $/, 'wrong\r'],
        [new RegExp(`${WRONG_CODE}[\\s\\S]*OTHER screen: $`), `xx\x7f\x7f${code.toLowerCase()}\r`],
        [HIDDEN, `${OTHER}\r`],
        [new RegExp(`${WRONG_PASSPHRASE}[\\s\\S]*shown\\): $`), `garbage\x15${PASSPHRASE}\r`],
      ],
    );
    assert.match(screen, /1: typed.json/);
    assert.not.ok(screen.includes(PASSPHRASE) || screen.includes('garbage') || screen.includes(OTHER));
    assert.equal(readSignatures(readFileSync(program.path('typed.json'))), expected);
    for (const line of screen.replaceAll('\r', '').split('\n').slice(0, 50)) assert.ok(line.length <= 80, line);
  });

  for (const [what, changes, title] of [
    ['a redemption', redemptionRequest(base, makeRedemption(base, bar)), 'REDEMPTION on gold_main'],
    ['a correction', correctionRequest(base, { reference: bar, remove: true }), 'CORRECTIONS on gold_main'],
  ] as const)
    test(`at a real terminal: ${what} is signed with the typed code, as a script does with --confirm`, async () => {
      const name = title.slice(0, 5).toLowerCase();
      const code = program.request(`${name}.json`, changes);
      const screen = await runInTerminal(program, signCommand(`${name}-1.json`, `${name}.json`), [
        [OTHER_SCREEN, `${code}\r`],
        [HIDDEN, `${PASSPHRASE}\r`],
      ]);
      assert.ok(screen.includes(title), screen);
      assert.not.ok(screen.slice(0, screen.indexOf('OTHER screen')).includes(code), 'half of the code is hidden');
      const own = signDerivation(derive(sampleRequest(changes), base, trust), 1, testKeys[0]!, trust);
      assert.equal(readSignatures(readFileSync(program.path(`${name}-1.json`))), own);
      const words = [...signCommand(`${name}-2.json`, `${name}.json`), '--confirm', code];
      assert.is(program.run(...words).status, 0);
      assert.equal(readSignatures(readFileSync(program.path(`${name}-2.json`))), own);
    });

  test('at a real terminal: Ctrl-C at any question stops without a signature and restores the terminal', async () => {
    const screen = await runInTerminal(
      program,
      ['sign', 'request.json', '--out', 'stopped.json', '--home', home],
      [[/OTHER screen: $/, '\x03']],
    );
    assert.match(screen, new RegExp(`error NOT_CONFIRMED: ${STOPPED}`));
    assert.not.ok(existsSync(program.path('stopped.json')));
    assert.not.ok(readdirSync(program.path(home)).some(name => name.startsWith('lock')));
  });

  test('at a real terminal: Ctrl-C during the key derivation stops, and a lone Escape discards no input', async () => {
    const words = ['sign', 'request.json', '--out', 'late.json', '--home', home];
    const screen = await runInTerminal(program, words, [
      [/OTHER screen: $/, `\x1b${code[0]}\x1b[A${code.slice(1)}\x1b\r`],
      [/Passphrase \(not shown\): $/, `\x1b${PASSPHRASE}\r\x03`],
    ]);
    assert.match(screen, new RegExp(`error NOT_CONFIRMED: ${STOPPED}\\s+Nothing`));
    assert.not.ok(existsSync(program.path('late.json')));
  });

  test('at a real terminal: no question is asked about a screen that is redirected', async () => {
    const words = ['sign', 'request.json', '--out', 'unseen.json', '--home', home];
    const ctrlC: Typed = [/: $/, '\x03'];
    const unseen = await runInTerminal(program, words, [ctrlC], { redirect: ' > /dev/null' });
    assert.match(unseen, /error NOT_A_TERMINAL: [\s\S]*--confirm CODE/);
    const onStderr = await runInTerminal(program, [...words, '--json'], [ctrlC], { redirect: ' > /dev/null' });
    assert.match(onStderr, new RegExp(`ISSUANCE on gold_main[\\s\\S]*${STOPPED}`));
    assert.not.ok(existsSync(program.path('unseen.json')));
  });

  test('at a real terminal: keygen completes, and recover gives the same key', async () => {
    let words: string[] = [];
    const screen = await runInTerminal(
      program,
      ['keygen', '--home', 'typed'],
      [
        [/New passphrase/, `${PASSPHRASE}\r`],
        [new RegExp(NEW_PASSPHRASE.again), `${PASSPHRASE}\r`],
        [/Press Enter/, '\x03'],
      ],
    );
    words = [...screen.matchAll(/ \d+ {2}([a-z]+)/g)].map(match => match[1]!);
    assert.is(words.length, 24);
    assert.match(screen, /NOT_CONFIRMED/);
    assert.not.ok(existsSync(join(program.path('typed'), 'key.json')), 'nothing is stored before the words came back');
  });

  test('at a real terminal: half of the code is hidden until it is typed, and the whole code is required', async () => {
    const screen = await runInTerminal(program, signCommand('half.json'), [
      [OTHER_SCREEN, `${code.slice(0, 9)}\r`],
      [
        new RegExp(`got\\s+8\\.[\\s\\S]*${wrappedTextPattern(triesLeftText(2).trim())}[\\s\\S]*OTHER screen: $`),
        `${code.slice(0, 9)}-0000-0000\r`,
      ],
      [new RegExp(`${WRONG_CODE}[\\s\\S]*OTHER screen: $`), `${half}\r`],
      [new RegExp(`${wrappedTextPattern(IMPOSSIBLE_ANSWER)}[\\s\\S]*OTHER screen: $`), 'x\r'],
    ]);
    assert.match(screen, /error NOT_CONFIRMED: .* 3 times/);
    assert.ok(screen.includes(`Review code   ${half}`), screen);
    assert.not.ok(screen.includes(code.slice(10)), 'the other half stands nowhere, not in the refusal either');
    assert.not.ok(existsSync(program.path('half.json')));
  });

  test('at a real terminal: back at the review code shows the pages again and does not count as a try', async () => {
    const screen = await runInTerminal(program, signCommand('back.json', 'request.json'), [
      [OTHER_SCREEN, 'back\r'],
      [OTHER_SCREEN, 'back\r'],
      [OTHER_SCREEN, 'back\r'],
      [OTHER_SCREEN, 'x\r'],
      [new RegExp(`${WRONG_CODE}[\\s\\S]*OTHER screen: $`), `${code}\r`],
      [HIDDEN, `${PASSPHRASE}\r`],
    ]);
    assert.match(screen, / 1: back\.json/);
    assert.is(screen.match(/ISSUANCE on gold_main/g)?.length, 4);
  });

  test('at a real terminal: inspect hides half of the code too', async () => {
    const screen = await runInTerminal(program, ['inspect', 'request.json', '--home', 'home'], []);
    assert.ok(screen.includes(`Review code   ${half}`), screen);
    assert.not.ok(screen.includes(code.slice(10)));
  });

  test('at a real terminal: --confirm is refused before a screen is shown, also for trust', async () => {
    assert.is(program.run('import', 'privkey.dat', '--home', 'fresh').status, 0);
    for (const words of [
      [...signCommand('flag.json'), '--confirm', code],
      ['trust', 'trust.json', '--home', 'fresh', '--confirm', trust.reviewCode],
    ]) {
      const screen = await runInTerminal(program, words, []);
      assert.match(screen, /error NOT_CONFIRMED: --confirm CODE/);
      assert.not.match(screen, /Review code/);
    }
    assert.not.ok(existsSync(program.path('flag.json')));
  });

  test('at a real terminal: a paste of Enters, code and passphrase answers no question', async () => {
    const many = { issuances: Array.from({ length: 6 }, (_, i) => ({ ...issuanceAt(i, 3310), serial: `70000${i}` })) };
    const manyCode = program.request('many.json', many);
    const flood = `${'\r'.repeat(60)}${manyCode}\r${PASSPHRASE}\r`;
    for (const [name, paste] of Object.entries({ plain: flood, marked: `\x1b[200~${flood}\x1b[201~` })) {
      const words = signCommand(`${name}.json`, 'many.json');
      const stop: Typed = [/-- line \d+ of \d+,[^\n]* -- $/, [[400, '\x03']]];
      const ahead = await runInTerminal(program, words, [stop], { ahead: paste, turns: false, rows: 16 });
      assert.match(ahead, new RegExp(STOPPED));
      assert.not.match(ahead, /OTHER screen/, 'no page was turned');
      const atPage: Typed[] = [
        [/-- line \d+ of \d+,[^\n]* -- $/, paste],
        [/-- line \d+ of \d+,[^\n]* -- $/, [[400, '\x03']]],
      ];
      const between = await runInTerminal(program, words, atPage, { turns: false, rows: 16 });
      assert.match(between, new RegExp(STOPPED));
      assert.ok(pageTexts(between).length <= 3, 'one page at most for all of it');
    }
    const atCode: Typed[] = [
      [OTHER_SCREEN, `${manyCode}\r${PASSPHRASE}\r`],
      [HIDDEN, [[400, '\x03']]],
    ];
    assert.match(await runInTerminal(program, signCommand('both.json', 'many.json'), atCode), new RegExp(STOPPED));
    for (const name of ['plain', 'marked', 'both']) assert.not.ok(existsSync(program.path(`${name}.json`)), name);
  });

  test('at a real terminal: pasted text in any pieces is discarded, and Ctrl-C ends a paste', async () => {
    // Input of the same read after the end of a paste is treated as pasted, because the pasted text may contain an end
    // mark. Input before the paste is discarded too.
    const pieces = [code.slice(0, 4), `\x1b[200`, `~${code.slice(0, 4)}`, `${code.slice(4)}\r\x1b[2`, `01~${code}\r`];
    const screen = await runInTerminal(program, signCommand('pasted.json'), [
      [OTHER_SCREEN, pieces.map((text): [number, string] => [120, text])],
      [new RegExp(`${wrappedTextPattern(PASTE_REFUSED)}[\\s\\S]*OTHER screen: $`), `${code}\r`],
      [
        HIDDEN,
        [
          [0, '\x1b[200~never ends'],
          [120, '\x03'],
        ],
      ],
    ]);
    assert.not.match(screen, new RegExp(WRONG_CODE));
    assert.match(screen, new RegExp(STOPPED));
    assert.not.ok(existsSync(program.path('pasted.json')));
    assert.ok(
      screen.indexOf('\x1b[?2004h') >= 0 && screen.lastIndexOf('\x1b[?2004l') > screen.lastIndexOf('\x1b[?2004h'),
    );
  });

  test('at a real terminal: keys that send several characters enter no text', async () => {
    const slowly = (...parts: string[]) => parts.map((text): [number, string] => [120, text]);
    const keys = ['\x1b', '[', 'A', '\x1b[', '1;5', 'D', '\x1bO', 'P', '\x1b[', '[', 'A', '\x1b[[B', '\x1b[3', '~'];
    const screen = await runInTerminal(program, signCommand('keys.json'), [
      [OTHER_SCREEN, slowly(...keys, code, '\r')],
      [HIDDEN, slowly(...keys, PASSPHRASE.slice(0, 5), ...keys, PASSPHRASE.slice(5), '\r')],
    ]);
    assert.match(screen, /1: keys\.json/);
    assert.not.match(screen, new RegExp(`${WRONG_CODE}|${WRONG_PASSPHRASE}`));
  });

  test('at a real terminal: a window below 80 columns or 16 rows is refused with the size that is needed', async () => {
    for (const window of [
      { columns: 79, rows: 50 },
      { columns: 200, rows: 15 },
    ]) {
      for (const words of [
        signCommand('small.json'),
        ['inspect', 'request.json', '--home', home],
        ['keygen', '--home', 'small'],
      ]) {
        const screen = await runInTerminal(program, words, [], window);
        const { columns, rows } = window;
        const { message } = windowTooSmallRefusal(columns, rows, 16);
        assert.match(screen, new RegExp(wrappedTextPattern(`error WINDOW_SMALL: ${message}`)));
        assert.not.match(screen, /Review code|New passphrase/);
      }
    }
    assert.not.ok(existsSync(program.path('small/key.json')));
  });

  test('at a real terminal: an error breaks between words, and in a pipe it is one line', async () => {
    const words = [
      'sign',
      'nowhere/request.json',
      '--home',
      'an-empty-home-with-a-long-name',
      '--out',
      'signatures.json',
    ];
    const { err } = program.run(...words);
    const long = err.split('\n').find(line => line.length > 80);
    assert.ok(long, err);
    const screen = await runInTerminal(program, words, []);
    const lines = screen.replaceAll('\r', '').split('\n');
    assert.ok(
      lines.every(line => line.length <= 80 || !line.trim().includes(' ')),
      screen,
    );
    assert.ok(withoutLineBreaks(screen).includes(withoutLineBreaks(long as string)), screen);
  });

  test('at a real terminal: the length of a page is counted in rows after wrapping', async () => {
    for (const [columns, rows] of [
      [80, 16],
      [80, 24],
      [132, 20],
    ] as const) {
      const screen = await runInTerminal(program, ['inspect', 'many.json', '--home', home], [], { columns, rows });
      const pages = pageTexts(screen);
      assert.ok(pages.length > 2);
      for (const page of pages.slice(0, -1)) {
        const used = page
          .replace(/\x1b\[\?2004[hl]/g, '')
          .trimEnd()
          .split('\n');
        const count = used.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
        assert.ok(count <= rows - 1, `${count} rows and the question in a window of ${rows}`);
      }
    }
  });

  test('at a real terminal: weak passphrases are refused with the reason', async () => {
    const weak: [string, RegExp][] = [
      [' '.repeat(10), /at least 12 characters, got 0/],
      ['1234567890', /at least 12 characters, got 10/],
      ['1234567890123456', new RegExp(COMMON_PASSPHRASE)],
    ];
    // The command asks three times. If it ended earlier, the person could type the passphrase into the shell.
    const answers = weak.map(([passphrase]): [RegExp, string] => [/New passphrase/, `${passphrase}\r`]);
    const screen = await runInTerminal(program, ['keygen', '--home', 'weak'], answers);
    for (const [, reason] of weak) assert.match(withoutLineBreaks(screen), reason);
    for (const line of screen.replaceAll('\r', '').split('\n')) assert.ok(line.length <= 80, line);
    assert.match(screen, /error PASSPHRASE_WEAK: /);
    assert.not.ok(existsSync(program.path('weak/key.json')));
  });
}

test('b shows the page before, and paging ends only after the last page was shown', async () => {
  const device = new TestDevice();
  device.rows = 16;
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const pages: string[] = [];
  const key = (key: string) => (screen: string) => {
    assert.ok(!screen.includes('line 39'), 'the last page was not shown yet');
    return key;
  };
  device.typed = ['b', '', 'B', '', ''].map(key);
  const world = device.world(undefined, page => pages.push(page.split('\n')[0] as string));
  await showInPages(world, lines.join('\n'));
  assert.equal(pages, ['line 0', 'line 14', 'line 0', 'line 14', 'line 28']);
  assert.is(device.screen.split(NOTHING_ASKED).length - 1, 1, 'the first page has none before it');
});

test('a last page has at least four lines, or its lines are on the page before', async () => {
  for (const [count, lengths] of [
    [14, [14]],
    [15, [15]],
    [16, [12, 4]],
    [17, [13, 4]],
    [18, [14, 4]],
    [29, [14, 15]],
    [30, [14, 12, 4]],
  ] as const) {
    const device = new TestDevice();
    device.rows = 16;
    device.typed = lengths.slice(1).map(() => '');
    const pages: string[] = [];
    const text = Array.from({ length: count }, (_, i) => `line ${i}`).join('\n');
    await showInPages(
      device.world(undefined, page => pages.push(page)),
      text,
    );
    assert.is(pages.join('\n'), text);
    assert.equal(
      pages.map(page => page.split('\n').length),
      [...lengths],
    );
  }
});

test('no page ends with a heading', async () => {
  const device = new TestDevice();
  device.rows = 16;
  device.typed = [''];
  const pages: string[] = [];
  const world = device.world(undefined, page => pages.push(page));
  await showInPages(world, [...Array(13).fill('fact'), 'WARNINGS', ...Array(9).fill('warning')].join('\n'));
  assert.equal(
    pages.map(page => page.split('\n')[0]),
    ['fact', 'WARNINGS'],
  );
});

test('a line longer than the window counts as several rows', async () => {
  const device = new TestDevice();
  device.rows = 20;
  device.typed = ['', '', ''];
  const pages: string[] = [];
  const world = device.world(undefined, page => pages.push(page));
  const text = Array.from({ length: 12 }, (_, i) => String(i).padEnd(i % 2 ? 10 : 330, '.')).join('\n');
  await showInPages(world, text);
  assert.is(pages.join('\n'), text);
  assert.equal(
    pages.map(page => page.split('\n').length),
    [6, 6],
  );
});

test('variants of common passphrases are refused, and own words are accepted', () => {
  for (const common of [
    ...[
      'PasswordPassword',
      'passphrase passphrase',
      'Pa$$word12345678',
      'qwertyuiop[][]',
      'correct horse battery staple',
    ],
    ...['aaaaaaaaaaaaaaaa', 'abababababababab', 'abcdefghijklmnop', '0987654321098765', 'q w e r t y u i o p a s d f'],
    ...[
      'qazwsxedcrfv',
      'zaq1xsw2cde3vfr4',
      'q1w2e3r4t5y6',
      'qweasdzxcrfv',
      'aqswdefrgthy',
      '!qaz@wsx#edc',
      'qayxswedcvfr',
      '!@#$%^&*()_+',
      '1234qwer!@#$QWER',
      '147258369147',
    ],
    ...['1q2w3e4r1q2w3e4r', '    x    x    x    x', 'admin admin admin', 'letmeinletmein!!', '\u3000'.repeat(20)],
  ])
    failsWith('PASSPHRASE_WEAK', () => checkPassphrase(common));
  for (const own of ['correct horse battery', 'tulip gravel ninth owl', 'Zx8-kq2LmV!tR', 'fünf Stühle, grün'])
    assert.is(checkPassphrase(own), own);
});

test.run();
