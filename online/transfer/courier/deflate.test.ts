import { deflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OutputTooLargeError } from '../../../shared/qr/checked-stream.ts';
import { splitFile } from '../../../shared/qr/file-splitting.ts';
import { FrameReader } from '../../../shared/qr/frame-reader.ts';
import { incompressibleBytes, sampleJsonBytes } from '../../../shared/qr/sample-files.ts';
import { failsWith } from '../../../shared/testing.ts';
import * as node from '../qr/deflate.ts';
import * as page from './deflate.ts';

const fileFromFrames = (frames: readonly string[], inflate: typeof page.inflate) => {
  const reader = new FrameReader();
  for (const frame of frames) reader.add(frame);
  return reader.file(inflate);
};

test("page and command read each other's streams, at many sizes", () => {
  for (const size of [1, 40, 300, 5000, 70_000, 300_000]) {
    for (const file of [sampleJsonBytes(size), incompressibleBytes(size)]) {
      assert.equal(fileFromFrames(splitFile(file, { deflate: page.deflate }).frames, node.inflate), file);
      assert.equal(fileFromFrames(splitFile(file, { deflate: node.deflate }).frames, page.inflate), file);
    }
  }
});

test("the page's streams never refer back further than 1024 bytes", () => {
  const block = incompressibleBytes(1500);
  assert.ok(page.deflate(Uint8Array.from([...block, ...block, ...block])).length > 4000);
});

test('page and command find the same length of a stream with bytes after it', () => {
  const stream = node.deflate(sampleJsonBytes(5000));
  const longer = Uint8Array.from([...stream, 1, 2, 3]);
  assert.is(page.inflate(longer, 9999).used, stream.length);
  assert.is(node.inflate(longer, 9999).used, stream.length);
});

test('page and command refuse truncated streams, random bytes and huge output', () => {
  const stream = node.deflate(sampleJsonBytes(500));
  for (const inflate of [page.inflate, node.inflate]) {
    for (let length = 0; length < stream.length; length++) {
      assert.throws(() => inflate(stream.subarray(0, length), 9999), undefined, `${length}`);
    }
    const bomb = deflateRawSync(new Uint8Array(100_000_000));
    const before = process.memoryUsage().rss;
    assert.throws(
      () => inflate(bomb, 1_000_000),
      (error: unknown) => error instanceof OutputTooLargeError,
    );
    assert.throws(
      () => inflate(Uint8Array.of(7, 7, 7), 9999),
      (error: unknown) => !(error instanceof OutputTooLargeError),
    );
    assert.ok(process.memoryUsage().rss - before < 60e6);
    assert.is(inflate(deflateRawSync(new Uint8Array(1000)), 1000).bytes.length, 1000);
    assert.throws(() => inflate(deflateRawSync(new Uint8Array(1001)), 1000));
  }
  failsWith('QR_INVALID', () =>
    fileFromFrames(splitFile(sampleJsonBytes(500), { deflate: node.deflate }).frames, b =>
      page.inflate(b, 499),
    ),
  );
});

test.run();
