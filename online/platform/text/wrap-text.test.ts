import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wrapText } from './wrap-text.ts';

test('lines break between words and keep their indentation', () => {
  assert.is(wrapText('a stolen device is found', 12), 'a stolen\ndevice is\nfound');
  assert.is(wrapText('  one two three\nfour\n', 11), '  one two\n  three\nfour\n');
  assert.is(wrapText('exactly ten', 11), 'exactly ten');
});

test('ids, commands and columns are not broken', () => {
  const id = 'ab'.repeat(32);
  assert.is(wrapText(`the id ${id} is long`, 20), `the id\n${id}\nis long`);
  assert.is(wrapText('run `countersign coins scan` again', 20), 'run\n`countersign coins scan`\nagain');
  assert.is(wrapText('(`countersign map init`), then on', 12), '(`countersign map init`),\nthen on');
  for (const line of [
    'countersign submit /media/usb/sign-THJN-1.json',
    'reference  mass  tokens',
    '`'.repeat(3),
  ])
    assert.is(wrapText(line, 10), line);
});

test('no text is lost at any width', () => {
  const text = 'Signed by controller 1; `countersign review` is next, a tick ` alone, and done.\n\n  x y\n';
  for (let columns = 1; columns < 90; columns++)
    assert.is(wrapText(text, columns).replace(/\s+/g, ' '), text.replace(/\s+/g, ' '));
});

test.run();
