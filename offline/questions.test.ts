/**
 * Each question of the signer handles help, empty lines, going back, stopping, and a passphrase that is typed too
 * early.
 */
import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { issuanceAt, sampleRequest } from '../fixtures/sample-request.ts';
import { isReviewCodeStart, maskedCodeText } from '../shared/review-code.ts';
import { rejectsWith } from '../shared/testing.ts';
import { commandHelpText } from './args.ts';
import { askPhrase, askRolls } from './ask-key-secrets.ts';
import { commands } from './command-line.ts';
import { UNPINNED } from './commands/key-commands.ts';
import { confirmCode } from './confirmations.ts';
import { phraseLengthsText } from './phrase.ts';
import { IMPOSSIBLE_ANSWER, NOTHING_ASKED, triesLeftText } from './questions.ts';
import { StoppedRefusal } from './terminal.ts';
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
import { TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { WIDTH } from './text-layout.ts';
import { NEW_PASSPHRASE, nextPageQuestion, PASSPHRASE_QUESTION, wrongCodeText } from './texts/asked-questions.ts';
import { lengthQuestion } from './texts/phrase.ts';

const program = await BuiltSigner.built();
const home = program.prepare();
const code = sampleRequest().reviewCode;
const many = { issuances: Array.from({ length: 6 }, (_, i) => ({ ...issuanceAt(i, 3310), serial: `70000${i}` })) };
program.request('many.json', many);
const signCommand = (out: string, request = 'request.json') => ['sign', request, '--out', out, '--home', home];
const [PAGE, OTHER_SCREEN, HIDDEN] = [
  /-- line \d+ of \d+,[^\n]* -- $/,
  /OTHER screen: $/,
  new RegExp(`${wrappedTextPattern(PASSPHRASE_QUESTION.trim())} $`),
];
const NOT_COUNTED = new RegExp(`${wrappedTextPattern(IMPOSSIBLE_ANSWER)}[\\s\\S]*OTHER screen: $`);
const HELPED = /16 letters and digits[\s\S]*OTHER screen: $/;

test.after(() => program.remove());

/** The text that remains on the screen, without erased text. */
const visibleText = (screen: string) => screen.replaceAll('\r\n', '\n').replace(/.*\r\x1b\[J/g, '');

if (hasScript) {
  test('at a real terminal: a passphrase typed at the pager is hidden, turns no page and is refused', async () => {
    const { reminder } = nextPageQuestion(1, 2, true);
    const screen = await runInTerminal(
      program,
      signCommand('page.json', 'many.json'),
      [
        [PAGE, `${PASSPHRASE}\r`],
        [new RegExp(`${wrappedTextPattern(`${NOTHING_ASKED} ${reminder}`)}[\\s\\S]*${PAGE.source}`), ' \r'],
        [new RegExp(`${wrappedTextPattern(NOTHING_ASKED)}[\\s\\S]*${PAGE.source}`), '\x03'],
      ],
      { turns: false, rows: 16 },
    );
    assert.not.match(screen, /correct|horse|battery/);
    assert.is(new Set(screen.match(/line \d+ of/g)).size, 1, 'the page stays');
    assert.match(screen, new RegExp(STOPPED));
  });

  test('at a real terminal: a passphrase typed at the review code is erased, not quoted and not counted', async () => {
    const typed: Typed[] = [[OTHER_SCREEN, `${PASSPHRASE}\r`]];
    for (const line of [
      PASSPHRASE,
      'tulip gravel ninth',
      'abcdefghijklmnopqrst',
      'corr-horse',
      code.replace(/.$/, 'U'),
    ])
      typed.push([NOT_COUNTED, `${line}\r`]);
    typed.push([NOT_COUNTED, `${code}\r`], [HIDDEN, `${PASSPHRASE}\r`]);
    const screen = await runInTerminal(program, signCommand('early.json'), typed);
    assert.match(screen, / 1: early\.json/);
    assert.not.match(visibleText(screen), /corr|horse|battery|tulip|gravel|ninth|abcdef/);
    assert.not.match(
      screen,
      /orrect h|horse|battery|gravel|ninth/,
      'after the first foreign character nothing is shown',
    );
    assert.not.match(screen, new RegExp(WRONG_CODE));
  });

  test('at a real terminal: help, ? and an empty line at the review code do not count as tries', async () => {
    const screen = await runInTerminal(program, signCommand('help.json'), [
      [OTHER_SCREEN, '\r'],
      ...['help', '?', 'HELP'].map((word): Typed => [HELPED, `${word}\r`]),
      [HELPED, `${code.slice(0, 4)}.\x7f${code.slice(4)}\r`],
      [HIDDEN, '\r'],
      [/Nothing was typed[\s\S]*\(not shown\): $/, `${PASSPHRASE}\r`],
    ]);
    assert.match(screen, /1: help\.json/);
    assert.not.match(screen, new RegExp(`${WRONG_CODE}|${WRONG_PASSPHRASE}`));
  });

  test('at a real terminal: one Ctrl-C or Ctrl-D stops each question of keygen and recover', async () => {
    const questions: [string[], Typed[]][] = [
      [['keygen'], [[/New passphrase.*: $/, '']]],
      [
        ['keygen'],
        [
          [/New passphrase.*: $/, `${PASSPHRASE}\r`],
          [new RegExp(`${NEW_PASSPHRASE.again.replace(/[()]/g, '.')}$`), ''],
        ],
      ],
      [
        ['recover'],
        [
          [/New passphrase.*: $/, `${PASSPHRASE}\r`],
          [new RegExp(`${NEW_PASSPHRASE.again.replace(/[()]/g, '.')}$`), `${PASSPHRASE}\r`],
          [/How many .*\? $/, ''],
        ],
      ],
    ];
    for (const key of ['\x03', '\x04'])
      for (const [words, typed] of questions) {
        const stopping = typed.map(([question, answer]): Typed => [question, answer === '' ? key : answer]);
        const screen = await runInTerminal(program, [...words, '--home', 'stopped'], stopping);
        assert.match(screen, new RegExp(`error NOT_CONFIRMED: ${STOPPED}`));
        assert.is(screen.split(STOPPED).length - 1, 1);
      }
    assert.not.ok(existsSync(program.path('stopped/key.json')));
  });

  test('at a real terminal: the text after keygen breaks between words', async () => {
    const screen = await runInTerminal(
      program,
      ['import', 'privkey.dat', '--home', 'prose'],
      [
        [/New passphrase/, `${PASSPHRASE}\r`],
        [new RegExp(NEW_PASSPHRASE.again), `${PASSPHRASE}\r`],
      ],
    );
    assert.match(screen, new RegExp(wrappedTextPattern(UNPINNED)));
    for (const line of screen.replaceAll('\r', '').split('\n')) assert.ok(line.length <= WIDTH, line);
  });
}

test('rolls may come in several lines; a wrong line discards no other, and back removes the last line', async () => {
  const device = new TestDevice();
  const [first, second, last] = ['123456'.repeat(5), '6'.repeat(19), '54'];
  device.typed = ['', 'seven', first, `${first}7`, second, 'back', '?', second, last];
  const { terminal } = device.world();
  assert.is(await askRolls(terminal!), first + second + last);
  assert.is(device.screen.match(/ 30 rolls /g)!.length, 2);
});

test('recover goes back from word to word, and from the first word to the number of words', async () => {
  const device = new TestDevice();
  const { terminal } = Object.assign(device, {
    typed: ['?', '24', 'back', '12', 'abandon', '', 'zoo', 'back', ...Array(10).fill('abandon'), 'about'],
  }).world();
  assert.equal(await askPhrase(terminal!, false), [...Array(11).fill('abandon'), 'about']);
  assert.is(device.screen.split(lengthQuestion(phraseLengthsText(false))).length - 1, 3);
});

test('after a wrong checksum, recover shows the words, asks for one again, and clears the screen', async () => {
  const device = new TestDevice();
  const phrase = [...Array(11).fill('abandon'), 'about'];
  const typed = ['12', ...phrase.with(4, 'zoo')];
  device.typed = [...typed, '13', '?', '6', 'back', '6', 'wolf', '5', 'abandon abandon', 'aban', '6', 'abandon'];
  const { terminal } = device.world();
  assert.equal(await askPhrase(terminal!, false), phrase);
  assert.equal(device.typed, []);
  assert.match(device.screen, / 5 {2}zoo /);
  assert.match(device.screen, /Type word 5 alone/);
  assert.ok(device.screen.endsWith('\x1b[2J\x1b[3J\x1b[H'));
  const stopped = new TestDevice();
  const screen = () => stopped.screen.slice(stopped.screen.lastIndexOf('\x1b[H'));
  stopped.typed = [
    ...typed,
    () => {
      assert.match(screen(), /zoo/);
      throw new StoppedRefusal();
    },
  ];
  await rejectsWith('NOT_CONFIRMED', () => askPhrase(stopped.world().terminal!, false));
  assert.is(screen(), '\x1b[H');
});

test('the start of a review code has at most sixteen characters, in groups of four', () => {
  for (const start of ['', 'G', 'g156-jdac', 'G156 JDAC 43PW X958', 'G156JDAC43PWX958', code, ' oil1-', `${code} `])
    assert.ok(isReviewCodeStart(start), start);
  for (const foreign of [
    'u',
    'G1 ',
    'G156-J-',
    'corr-horse',
    `${'G156'.repeat(4)}-`,
    'correct h',
    `${code}0`,
    'G156.',
    '0123456789abcdefg',
  ])
    assert.not.ok(isReviewCodeStart(foreign), foreign);
});

test('the screen echoes typed characters of the known half, and then the rest of the code', () => {
  for (const [typed, echo] of [
    [code, code],
    [code.toLowerCase(), code.toLowerCase()],
    [`${code.slice(0, 6)}Z${code.slice(7)}`, `${code.slice(0, 6)}***-****-****`],
    ['correcthorsebatt', '****************'],
    [` ${code[0]}orr ect`, ` ${code[0]}*** ***`],
    ['', ''],
  ] as const)
    assert.is(maskedCodeText(typed, code), echo);
});

test('a wrong code is described without a quote of the typed text', async () => {
  const device = new TestDevice();
  device.typed = ['4F36-0MJ1-73C2-3444', code.slice(0, 6), `${code.slice(0, 9)}-0000-0000`];
  await rejectsWith('NOT_CONFIRMED', () => confirmCode(device.world(), '', code, undefined));
  const [, other, short, end] = withoutLineBreaks(device.screen).split('OTHER screen: ');
  const differs = wrongCodeText(16, code.slice(0, 9), false);
  assert.ok(other!.includes(differs) && other!.includes(triesLeftText(2).trim()), other);
  assert.ok(!short!.includes(differs) && short!.includes('got 5.'), short);
  assert.not.match(end!, /first half|16 characters/);
  assert.not.match(device.screen, /4F36/);
});

test('the list of commands describes each command and fits the screen', async () => {
  const lines = (await new TestDevice().run('--help')).out.split('\n');
  for (const name of commands.keys())
    assert.ok(
      lines.some(line => new RegExp(`^  signer ${name}( [A-Z]+)? {2,}[a-z]+ .*[a-z]$`).test(line)),
      name,
    );
  for (const line of lines) assert.ok(line.length <= WIDTH, line);
});

test('each help text fits the screen', () => {
  for (const [name, command] of commands)
    for (const line of commandHelpText(name, command).split('\n')) assert.ok(line.length <= WIDTH, line);
});

test.run();
