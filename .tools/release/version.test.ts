/** Every program and page prints the version of package.json. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const readProjectFile = (file: string) => readFileSync(file, 'utf8');
const { version } = JSON.parse(readProjectFile('package.json')) as { version: string };

for (const program of ['countersign', 'signer', 'qr']) {
  test(`${program} --version prints the version of package.json`, () => {
    const { status, stdout } = spawnSync(process.execPath, [`dist/${program}.mjs`, '--version'], {
      encoding: 'utf8',
    });
    assert.equal([status, stdout.split('\n')[0]], [0, version]);
  });
}

test('courier page, signer header, lock file and changelog have the version of package.json', () => {
  assert.ok(readProjectFile('dist/courier.html').includes(`Version&nbsp;${version}.</p>`));
  assert.ok(readProjectFile('dist/signer.mjs').includes(`Countersign signer ${version}: `));
  const lock = JSON.parse(readProjectFile('package-lock.json'));
  assert.equal([lock.version, lock.packages[''].version], [version, version]);
  assert.is(/^## (\d+\.\d+\.\d+)/m.exec(readProjectFile('CHANGELOG.md'))?.[1], version);
});

test.run();
