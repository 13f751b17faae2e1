import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeFile } from './file-completion.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
for (const name of ['trust.json', 'trusted', '.hidden', 'bars.csv']) writeFileSync(join(folder, name), '');
mkdirSync(join(folder, 'usb', 'a'), { recursive: true });
test.after(() => rmSync(folder, { recursive: true }));

test('Tab offers files and folders that begin with the typed text', () => {
  const answers = (line: string) => completeFile(folder, line)[0];
  assert.equal(answers('tr'), ['trust.json', 'trusted']);
  assert.equal(answers('u'), ['usb/']);
  assert.equal(answers('usb/'), ['usb/a/']);
  assert.equal(answers('file:u'), ['file:usb/']);
  assert.equal(answers('.h'), ['.hidden']);
  assert.equal(answers(''), ['bars.csv', 'trust.json', 'trusted', 'usb/']);
  assert.equal(answers(`${folder}/b`), [`${folder}/bars.csv`]);
  assert.equal(answers('absent/x'), []);
  assert.equal(answers('s3://bucket'), []);
  assert.is(completeFile(folder, 'tr')[1], 'tr');
});

test.run();
