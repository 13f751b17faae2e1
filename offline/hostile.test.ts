/** The corpus of hostile requests: each is refused with its code, by inspect and by sign, and nothing odd is printed. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceOf } from './testing/device.ts';

const folder = new URL('../fixtures/hostile/', import.meta.url);
const read = (name: string) => readFileSync(new URL(`${name}.json`, folder));
const index: Record<string, { code: string; why: string }> = JSON.parse(read('index').toString());
const fresh = await deviceOf(1);

for (const [name, { code, why }] of Object.entries(index)) {
  test(`${code}: ${why} (${name})`, async () => {
    const device = fresh.copy();
    device.storage.put('/media/request.json', new Uint8Array(read(name)));
    const inspected = await device.run('inspect', '/media/request.json', '--json');
    assert.is(inspected.exit, 1);
    assert.is((inspected.json.error ?? inspected.json.refused).code, code, inspected.out);
    const words = ['sign', '/media/request.json', '--out', '/media/sign.json', '--json'];
    const run = await device.run(...words, '--confirm', inspected.json.reviewCode ?? '0000-0000-0000-0000');
    assert.is(run.json.error.code, code);
    assert.not.ok(device.storage.names.has('/media/sign.json'));
    const text = inspected.out + inspected.err + run.out + run.err;
    assert.match(text, /^[\n\x20-\x7e]*$/, 'printable ASCII only');
    assert.ok(run.err.split('\n')[0]!.length < 500, 'one readable line');
  });
}

test('the corpus is there', () => assert.ok(Object.keys(index).length >= 60));

test.run();
