/**
 * Tests of the built program in `dist/`. Parts that are loaded on demand may fail in `dist/` although the
 * sources are correct.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('the built program contains the S3 client and contacts the server', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'countersign-built-'));
  try {
    const ran = spawnSync(process.execPath, [resolve('dist/countersign.mjs'), 'map', 'show', '--json'], {
      cwd,
      encoding: 'utf8',
      env: {
        ...{ COUNTERSIGN_STORE: 's3://bucket', COUNTERSIGN_S3_ENDPOINT: 'http://127.0.0.1:1' },
        ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1' },
        ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
      },
    });
    const { code, message } = JSON.parse(ran.stdout).error;
    assert.equal([ran.status, code], [1, 'STORE_UNREACHABLE'], ran.stderr);
    assert.match(message, /^s3:\/\/bucket:.*map\.json: /);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});

test.run();
