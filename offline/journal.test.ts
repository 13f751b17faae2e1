/** The journal names every request whose signatures left the device, even after a loss of power or files. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { issuanceAt, sampleRequest, sampleRequestBytes, trust } from '../fixtures/sample-request.ts';
import { asciiText, bytesToHex, utf8 } from '../shared/bytes.ts';
import { HINTS } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { OTHER_VERSION } from '../shared/json-fields.ts';
import { readSignatures } from '../shared/signatures.ts';
import type { Loss, MemoryDisk } from './testing/memory-disk.ts';
import { HOME, makeDevice, type Run, TestDevice } from './testing/test-device.ts';
import {
  brokenChainText,
  COUNTED_NOW,
  ENTRY_DROPPED,
  HEAD_BEHIND,
  HEAD_MISSING,
  HEAD_UNREADABLE,
  headMismatchText,
  JOURNAL_MISSING,
  linesMissingText,
  OTHER_KEY,
  OTHER_KEY_HINT,
} from './texts/journal.ts';

const fresh = await makeDevice(1);
const issuance = issuanceAt(0, 3310);
const request = { issuances: [issuance] };
const onOtherCoin = {
  time: '1763795200.000001',
  issuances: [{ ...issuance, coin: issuanceAt(1, 3310).coin }],
};

const signedOnce = fresh.copy();
assert.is((await signedOnce.sign(request)).exit, 0);
const whole = signedOnce.storage.get('/media/sign.json');

let seed = 20251122;
const randomNumber = () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};

/**
 * Runs `act` once for each disk call, with a loss of power after that call. After each run, calls `then` twice, each
 * time with a device that has a disk as the loss may leave it.
 * @returns the number of disk calls
 */
async function runWithPowerCuts(
  from: TestDevice,
  act: (d: TestDevice) => Promise<unknown>,
  then: (d: TestDevice, at: number) => Promise<void>,
) {
  const losses: Loss[] = ['kept', 'lost', 'torn', 'mixed', 'mixed'];
  for (let at = 1; ; at++) {
    const device = from.copy();
    device.storage.calls = 0;
    device.storage.cutAt = at;
    await act(device);
    // To test all kinds of loss at every disk call would take minutes, so each call is tested with two kinds.
    for (let i = 0; i < 2; i++) {
      const next = new TestDevice(device.storage.afterLoss(losses[(2 * at + i) % losses.length]!, randomNumber));
      next.now = from.now;
      await then(next, at);
    }
    if (device.storage.calls <= at) return at;
  }
}

for (const restricted of [false, true])
  test(`power lost at any step of sign${restricted ? ' under the permission model' : ''}: released signatures are remembered, others can be signed again`, async () => {
    let left = 0;
    const from = fresh.copy();
    from.storage.restricted = restricted;
    const steps = await runWithPowerCuts(
      from,
      d => d.sign(request),
      async d => {
        const out = d.storage.names.has('/media/sign.json') ? d.storage.get('/media/sign.json') : null;
        const journal = await d.run('journal', '--json');
        assert.is(journal.exit, 0, journal.out);
        if (out && out.length > 0) {
          assert.equal(asciiText(out), asciiText(whole), 'whole or not there');
          assert.is(journal.json.signed.length, 1);
          left++;
          const double = await d.sign(onOtherCoin);
          assert.is(double.json.error.code, 'DOUBLE_ISSUE');
        }
        d.storage.names.delete('/media/sign.json');
        const again = await d.sign(request);
        assert.is(again.exit, 0, again.out);
        assert.equal(d.storage.get('/media/sign.json'), whole, 'the same bytes');
        assert.is((await d.run('journal', '--json')).json.signed.length, 1);
      },
    );
    assert.ok(steps > 15, `${steps} steps`);
    assert.ok(left > 0);
  });

test('power lost at any step of import and trust: the next run completes the work', async () => {
  const blank = new TestDevice();
  for (const name of ['/media/privkey.dat', '/media/trust.json']) blank.storage.put(name, fresh.storage.get(name));
  const set = async (d: TestDevice) => {
    const imported = await d.run('import', '/media/privkey.dat', '--json');
    const pinned = await d.run('trust', '/media/trust.json', '--confirm', trust.reviewCode, '--json');
    return [imported, pinned] as const;
  };
  await runWithPowerCuts(blank, set, async (d, at) => {
    const [imported, pinned] = await set(d);
    assert.ok(imported.exit === 0 || imported.json.error.code === 'KEY_EXISTS', `step ${at}: ${imported.out}`);
    assert.is(pinned.exit, 0, `step ${at}: ${pinned.out}`);
    assert.is((await d.sign(request)).exit, 0);
  });
});

test('power lost during a change of passphrase: the old or the new one opens the key', async () => {
  const change = (d: TestDevice) => {
    d.env = { ...d.env, SIGNER_NEW_PASSPHRASE: 'another long one' };
    return d.run('change-passphrase');
  };
  await runWithPowerCuts(fresh, change, async d => {
    const before = await d.sign(request);
    d.env = { SIGNER_PASSPHRASE: 'another long one' };
    if (before.exit !== 0) assert.is((await d.sign(request)).exit, 0);
  });
});

test('a full disk at any byte is refused by name, and no file is half written', async () => {
  for (let room = 0; room < 3000; room += 271) {
    const device = fresh.copy();
    device.storage.put('/media/request.json', utf8(''));
    device.storage.room = room;
    const run = await device.sign(request);
    if (run.exit === 0) continue;
    assert.is(run.json.error.code, 'FILE_UNUSABLE', run.out);
    assert.match(run.json.error.message, /ENOSPC/);
    assert.not.ok(device.storage.names.has('/media/sign.json'));
    device.storage.room = Number.POSITIVE_INFINITY;
    assert.is((await device.sign(request)).exit, 0);
  }
});

const HINTS_OF_DAMAGE = [HINTS.get('JOURNAL_INVALID') as string, OTHER_KEY_HINT, OTHER_VERSION];

async function expectDamageRefused(change: (storage: MemoryDisk) => void, message: RegExp | string) {
  const device = signedOnce.copy();
  change(device.storage);
  for (const command of [['journal'], ['inspect', '/media/request.json']]) {
    const run = await device.run(...command, '--json');
    const error = run.json.error ?? run.json.refused;
    assert.is(run.exit, 1);
    assert.is(error.code, 'JOURNAL_INVALID', run.out);
    assert.match(error.message, message);
    assert.ok(
      HINTS_OF_DAMAGE.some(hint => error.hint.startsWith(hint)),
      error.hint,
    );
  }
  device.storage.names.delete('/media/sign.json');
  assert.is((await device.sign(request)).exit, 1);
  assert.not.ok(device.storage.names.has('/media/sign.json'));
}

const JOURNAL = `${HOME}/journal`;
const HEAD = `${HOME}/journal.head`;
const text = asciiText(signedOnce.storage.get(JOURNAL));
const lines = text.trimEnd().split('\n');
const makeFileChange = (name: string, content: string) => (s: MemoryDisk) => s.put(name, utf8(content));

test('a journal cut at any byte is refused', async () => {
  for (let length = 0; length < text.length; length += length > text.length - 40 ? 1 : 29)
    await expectDamageRefused(makeFileChange(JOURNAL, text.slice(0, length)), /expected 4 lines/);
});

test('a journal cut at the end of a line is refused', async () => {
  for (let n = 0; n < lines.length; n++)
    await expectDamageRefused(
      makeFileChange(
        JOURNAL,
        lines
          .slice(0, n)
          .map(l => `${l}\n`)
          .join(''),
      ),
      /expected 4 lines/,
    );
});

test('a changed byte anywhere in the journal is refused', async () => {
  for (let i = 0; i < text.length; i += 11) {
    const bytes = utf8(text);
    bytes[i] = bytes[i]! ^ 1;
    await expectDamageRefused(s => s.put(JOURNAL, bytes), /journal.head|expected 4 lines/);
  }
});

test('a journal is refused if it is missing, has another head, reordered lines or a line added by hand', async () => {
  await expectDamageRefused(s => s.names.delete(JOURNAL), linesMissingText(4));
  await expectDamageRefused(s => s.names.delete(HEAD), HEAD_MISSING);
  await expectDamageRefused(s => {
    s.names.delete(HEAD);
    s.names.delete(JOURNAL);
  }, JOURNAL_MISSING);
  await expectDamageRefused(makeFileChange(HEAD, 'x'), HEAD_UNREADABLE);
  await expectDamageRefused(makeFileChange(HEAD, `4 ${'ab'.repeat(32)}\n`), headMismatchText(4));
  await expectDamageRefused(makeFileChange(HEAD, `2 ${lines[1]!.slice(0, 64)}\n`), HEAD_BEHIND);
  await expectDamageRefused(
    makeFileChange(JOURNAL, `${[lines[0], lines[2], lines[1], lines[3]].join('\n')}\n`),
    brokenChainText(2),
  );
  await expectDamageRefused(
    makeFileChange(JOURNAL, `${lines.join('\n')}\n${lines[3]}\n`.replace(lines[1]!, lines[2]!)),
    brokenChainText(2),
  );
});

test('a correctly chained line with content that this signer never writes is refused', async () => {
  const json = '{"at":"2025-11-22T00:00:00.000Z","height":-1,"type":"seen"}';
  const before = lines.at(-1)!.slice(0, 64);
  const hash = bytesToHex(sha256(utf8(before + json)));
  await expectDamageRefused(s => {
    s.put(JOURNAL, utf8(`${text}${hash} ${json}\n`));
    s.put(HEAD, utf8(`${lines.length + 1} ${hash}\n`));
  }, /5.mapping.*got nothing/);
});

test('the journal of another key is refused', async () => {
  const other = await makeDevice(2);
  await expectDamageRefused(s => {
    s.put(JOURNAL, other.storage.get(JOURNAL));
    s.put(HEAD, other.storage.get(HEAD));
  }, OTHER_KEY);
});

test('half a line beyond the head is dropped and a whole one accepted, and the screen says so', async () => {
  const half = signedOnce.copy();
  half.storage.put(JOURNAL, utf8(`${text}0123 {"at":`));
  const run = await half.run('journal', '--json');
  assert.match(run.err, ENTRY_DROPPED);
  assert.is(run.json.signed.length, 1);
  const other = { ...request, time: '1763795201.000001' };
  half.storage.names.delete('/media/sign.json');
  assert.is((await half.sign(other)).exit, 0);
  assert.not.match(asciiText(half.storage.get(JOURNAL)), /0123 /);
  assert.is((await half.run('journal', '--json')).json.signed.length, 2);

  const ahead = signedOnce.copy();
  ahead.storage.put(HEAD, utf8(`3 ${lines[2]!.slice(0, 64)}\n`));
  const taken = await ahead.run('journal', '--json');
  assert.match(taken.err, COUNTED_NOW);
  assert.is(taken.json.signed.length, 1);
  ahead.storage.names.delete('/media/sign.json');
  assert.is((await ahead.sign(onOtherCoin)).json.error.code, 'DOUBLE_ISSUE');
  assert.is((await ahead.sign(other)).exit, 0);
  assert.not.match((await ahead.run('journal')).err, /taken/);
});

test('a journal that another signer extended since it was read is not truncated', async () => {
  const device = fresh.copy();
  const other = new TestDevice(device.storage);
  // Simulates that two signers hold the lock. The two devices run in one process, so the lock does not stop them.
  device.storage.put('/media/request.json', sampleRequestBytes(request));
  device.storage.put('/media/other.json', sampleRequestBytes(onOtherCoin));
  let between: Run | undefined;
  device.typed = [sampleRequest(request).reviewCode];
  const asked = device.typed;
  device.onAsk = async () => {
    const confirm = sampleRequest(onOtherCoin).reviewCode;
    between = await other.run('sign', '/media/other.json', '--out', '/media/other-sign.json', '--confirm', confirm);
  };
  const run = await device.run('sign', '/media/request.json', '--out', '/media/sign.json', '--json');
  assert.is(between?.exit, 0, between?.err);
  assert.equal(asked, []);
  assert.is(run.json.error?.code, 'FILE_UNUSABLE', run.out);
  assert.match(run.json.error.message, /got 1527/);
  assert.not.ok(device.storage.names.has('/media/sign.json'));
  assert.is((await device.run('journal', '--json')).json.signed[0].digest, sampleRequest(onOtherCoin).digest);
});

test('a person can check the chain by hand', async () => {
  const { createHash } = await import('node:crypto');
  let before = '0'.repeat(64);
  for (const line of lines) {
    before = createHash('sha256')
      .update(before + line.slice(65))
      .digest('hex');
    assert.is(line.slice(0, 64), before);
  }
  assert.is(asciiText(signedOnce.storage.get(HEAD)), `${lines.length} ${before}\n`);
});

test('signing again gives the same file, and another file at its place is kept', async () => {
  const device = signedOnce.copy();
  assert.is((await device.sign(request)).exit, 0);
  device.storage.put('/media/sign.json', utf8('something else'));
  const run = await device.sign(request);
  assert.is(run.json.error.code, 'FILE_EXISTS');
  assert.is(asciiText(device.storage.get('/media/sign.json')), 'something else');
  assert.is(readSignatures(whole).request, sampleRequest(request).digest);
});

test("another controller's signatures for the same request are not overwritten", async () => {
  const device = await makeDevice(2);
  device.storage.put('/media/sign.json', whole);
  const run = await device.sign(request);
  assert.is(run.json.error.code, 'FILE_EXISTS');
  assert.equal(device.storage.get('/media/sign.json'), whole);
});

test.run();
