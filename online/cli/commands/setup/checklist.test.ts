import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ocean, trust, trustJson } from '../../../../fixtures/sample-request.ts';
import { makeRealWorld } from '../../../platform/world.ts';
import { markdownHtml } from '../../../report/page/markdown.ts';
import { READ_ALOUD } from '../../../report/paper/checklist.ts';
import { runCommand } from '../../command-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
test.after(() => rmSync(folder, { recursive: true }));

async function runChecklist(...args: string[]): Promise<any> {
  const stdout = new PassThrough();
  const world = { ...makeRealWorld(), cwd: folder, env: {}, stdout, stderr: new PassThrough() };
  const status = await runCommand(['checklist', '--json', ...args], world);
  return { status, ...JSON.parse(String(stdout.read())) };
}

/** The command lines in the list, in order. */
function commandLinesOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/```\n([^`]*)```/g)].map(match => match[1] as string);
  return blocks.flatMap(block =>
    block
      .replace(/ *\\\n */g, ' ')
      .trim()
      .split('\n'),
  );
}

test('without a profile the list has blanks, for the given number of controllers', async () => {
  const { status, markdown, reviewCode } = await runChecklist('--required', '3', '--controllers', '5');
  assert.equal([status, reviewCode], [0, null]);
  assert.match(markdown, /^# Key ceremony: 3 of 5 controllers\n/);
  assert.is(markdown.match(/Controller 5/g).length, 6);
  assert.match(markdown, /Review code: `____-____-____-____`/);
  assert.match(markdown, /--required 3 \\\n {2}--controller KEY-OF-CONTROLLER-1 \\/);
  assert.match(markdown, /Policy asset \(the id .* ISSUANCE in `ocean-cli dumpassetlabels`\)/);
  assert.is(markdown.match(/^- \[ \] Controller \d: countersign\.json .*`init` .*\bnode\b/gm).length, 5);
  assert.match(markdown, /^\w+ `init`, .*\baddress\b/m);
  assert.match(markdown, /\nissuancecoinsdestination=SCRIPT-PUB-KEY\nissuecontrolscript=REDEEM-SCRIPT\n/);
});

test('with a profile the list has its values and the command lines for its chain', async () => {
  writeFileSync(join(folder, 'trust.json'), JSON.stringify(trustJson));
  const { markdown, reviewCode } = await runChecklist('--trust', 'trust.json');
  assert.is(reviewCode, trust.reviewCode);
  for (const key of ocean.pubkeys)
    assert.is(markdown.split(key).length - 1, 3, 'listed, in the command, in the script');
  assert.match(markdown, new RegExp(`\nissuancecoinsdestination=${ocean.p2sh.scriptPubKey}\n`));
  assert.match(markdown, new RegExp(`\nissuecontrolscript=${ocean.p2sh.redeemScript}\n`));
  assert.not.match(markdown, /SCRIPT-PUB-KEY|POLICY-ASSET|NETWORK/);
});

test('the review code appears only where the profile is made, because controllers must hear it', async () => {
  const { markdown } = await runChecklist('--trust', 'trust.json');
  assert.is(markdown.split(trust.reviewCode).length - 1, 1);
  const [before, after] = markdown.split('## 5.');
  assert.match(before, new RegExp(`Review code: \`${trust.reviewCode}\``));
  assert.match(before, new RegExp(`Digest: \`${trust.digest}\``));
  assert.match(after, /Controller 1 heard `____-____-____-____`/);
  assert.match(after, /\b64\b.*\bdigest\b/);
  assert.ok(after.includes(READ_ALOUD), 'a laptop shows half of the code');
});

test('the hash of each laptop file is compared, and dice are optional', async () => {
  const { markdown } = await runChecklist();
  assert.match(markdown, /- \[ \] .*SHA256SUMS.*`offline\/signer\.sha256` or `offline\/laptop\.sha256`/);
  assert.equal(commandLinesOf(markdown).slice(0, 2), ['signer keygen', 'signer public-key']);
  assert.match(markdown, /`signer keygen --dice ask` instead/);
});

test('each laptop command in the list exists in the signer with these flags', async () => {
  const { markdown } = await runChecklist('--trust', 'trust.json');
  assert.not.match(markdown, /node signer\.mjs/);
  const inLines = [...markdown.matchAll(/`(signer [^`]+)`/g)].map(match => match[1] as string);
  const all = [...commandLinesOf(markdown), ...inLines].filter(line => line.startsWith('signer '));
  assert.ok(all.length >= 5, all.join('\n'));
  for (const [, name, ...words] of all.map(line => line.split(' ')) as string[][]) {
    const { status, stdout } = spawnSync(process.execPath, ['dist/signer.mjs', name!, '--help'], {
      encoding: 'utf8',
    });
    assert.is(status, 0, name);
    for (const flag of words.filter(word => word.startsWith('--')))
      assert.ok(stdout.includes(flag), `${name} ${flag}`);
  }
});

test('the command trust create in the list makes the same profile', async () => {
  const { markdown } = await runChecklist('--trust', 'trust.json');
  const create = commandLinesOf(markdown).find(line => line.startsWith('countersign trust create')) as string;
  const args = create.replace('--out trust.json', '--out again.json').split(' ').slice(1);
  const stdout = new PassThrough();
  const world = { ...makeRealWorld(), cwd: folder, stdout, stderr: new PassThrough() };
  assert.is(await runCommand([...args, '--json'], world), 0);
  assert.is(JSON.parse(String(stdout.read())).digest, trust.digest);
});

test('every countersign command in the list exists, in the order of a setup', async () => {
  const { markdown } = await runChecklist();
  const own = commandLinesOf(markdown).filter(line => line.startsWith('countersign'));
  assert.equal(
    own.map(line => line.split(' ').slice(1, 3).join(' ')),
    ['trust create', 'init', 'map init', 'coins scan', 'status', 'coins list'],
  );
  for (const line of own) {
    const words = line.split(' ').slice(1, 3);
    const world = { ...makeRealWorld(), stdout: new PassThrough(), stderr: new PassThrough() };
    assert.is(await runCommand([...words, '--help'], world), 0, line);
  }
});

test('the list is written to a new file and never replaces one', async () => {
  assert.is((await runChecklist('--out', 'list.md')).status, 0);
  assert.match(readFileSync(join(folder, 'list.md'), 'utf8'), /^# Key ceremony/);
  const again = await runChecklist('--out', 'list.md');
  assert.equal([again.status, again.error.code], [1, 'FILE_EXISTS']);
});

test('a missing configured profile leaves blanks, and a missing named profile is refused', async () => {
  writeFileSync(join(folder, 'countersign.json'), '{"trust": "absent.json"}');
  assert.is((await runChecklist()).status, 0);
  assert.is((await runChecklist('--trust', 'absent.json')).error.code, 'FILE_MISSING');
});

test('the page has each box, command, heading and row of the list, and no other markup', async () => {
  writeFileSync(join(folder, 'trust.json'), JSON.stringify(trustJson));
  const { markdown } = await runChecklist('--trust', 'trust.json', '--html', 'list.html');
  const html = readFileSync(join(folder, 'list.html'), 'utf8');
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
  assert.is(count(html, /<span class="box">/g), count(markdown, /\[ \]/g));
  assert.is(count(html, /<h2>/g), count(markdown, /^## /gm));
  assert.is(count(html, /<pre>/g) * 2, count(markdown, /^```/gm));
  assert.is(count(html, /<tr>/g), count(markdown, /^\|(?!---)/gm));
  for (const key of ocean.pubkeys) assert.ok(html.includes(key));
  assert.is(html.match(/<body[^>]*>(.*)<\/body>/s)?.[1]?.includes('`'), false);
  const both = await runChecklist('--out', 'a.md', '--html', 'a.html');
  assert.is(both.status, 2);
});

test('a page without a given name gets an unused name', async () => {
  for (const name of ['checklist.html', 'checklist-2.html', 'checklist-3.html'])
    assert.is((await runChecklist('--html')).out, name);
  assert.is((await runChecklist('--html', '--overwrite')).out, 'checklist.html');
  assert.is((await runChecklist('list.html')).status, 2, 'a page without --html');
});

test('text of the list never becomes markup', () => {
  const html = markdownHtml(
    '# <b>\n\n| `<i>` | a |\n|---|---|\n| <u> | **<s>** |\n\n- [ ] <q>\n\n```\n<w>\n```\n',
  );
  assert.not.match(html, /<(b|i|u|s|q|w)>/);
});

test('at a terminal the list is shown in pages', async () => {
  let text = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stdout.on('data', chunk => {
    text += chunk;
    if (text.endsWith('q: quit ')) stdin.write('q');
  });
  const world = { ...makeRealWorld(), stdin, stdout, stderr: new PassThrough() };
  assert.is(await runCommand(['checklist'], world), 0);
  assert.match(text, /q: quit/);
  assert.ok(text.split('\n').length < 30, 'one page');
});

test.run();
