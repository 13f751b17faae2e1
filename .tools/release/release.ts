/**
 * `make release`: makes `release/countersign-<version>/` with the PC's package, the laptop's zip, the practice node, the
 * handbook, the list of packages and the hashes. The same sources give the same bytes on every machine and supported Node.
 *
 *   tsx .tools/release/release.ts [--image FILE]
 *
 * `--image` adds the laptop's image, so that `SHA256SUMS` has its hash too. SIGN_KEY=FILE signs `SHA256SUMS`
 * with an SSH key.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { utf8 } from '../../shared/bytes.ts';
import { COMMITTED, hashLine } from '../laptop/laptop-files.ts';
import { type Files, makeTarball, makeZip } from './archive.ts';
import { handbookHtml } from './handbook.ts';
import { sbomText } from './sbom.ts';

const NAMESPACE = 'countersign-release';
const { version, engines, license } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  string,
  string
>;
const folder = join('release', `countersign-${version}`);
const { image } = parseArgs({ options: { image: { type: 'string' } } }).values;

const filesOfDist = (...names: string[]): [string, Uint8Array][] =>
  names.map(name => [name, readFileSync(join('dist', name))]);
const placeUnder = (top: string, files: readonly (readonly [string, Uint8Array])[]): Files =>
  new Map(files.map(([path, content]) => [`${top}/${path}`, content]));
const licence: [string, Uint8Array] = ['LICENSE', readFileSync('LICENSE')];

/** The tarball of the PC's npm package. The package has no dependencies, because the program is bundled. */
function pcPackageTar(): Uint8Array {
  const description = {
    name: 'countersign',
    version,
    license,
    type: 'module',
    bin: { countersign: 'countersign.mjs' },
    engines,
  };
  const parts = readdirSync('dist/countersign-parts').map(name => `countersign-parts/${name}`);
  return makeTarball(
    placeUnder('package', [
      ['package.json', utf8(`${JSON.stringify(description, null, 2)}\n`)],
      ...filesOfDist('countersign.mjs', ...parts, 'courier.html'),
      licence,
    ]),
  );
}

function laptopZip(): Uint8Array {
  const files = filesOfDist('signer.mjs', 'qr.mjs', 'courier.html', 'launch', 'install', 'SHA256SUMS');
  const page = utf8(handbookHtml(version, ['laptop.md', 'ceremony.md']));
  return makeZip(placeUnder(`countersign-laptop-${version}`, [...files, ['handbook.html', page], licence]));
}

/** Checks that the laptop's programs have the committed hashes. @throws Error naming the file that differs */
function checkCommittedHashes(): void {
  for (const line of COMMITTED.flatMap(path => readFileSync(path, 'utf8').trim().split('\n'))) {
    const [, path = ''] = line.split('  ');
    if (hashLine(readFileSync(path), path).trim() !== line)
      throw new Error(`${path} is not the file that was committed: run \`make check\``);
  }
}

function releaseNotes(files: readonly string[]): string {
  const changes = readFileSync('CHANGELOG.md', 'utf8');
  return `# Countersign ${version}

${files.map(file => `- \`${file}\``).join('\n')}

To verify the files, or with \`--ignore-missing\` those of them that you have:

    sha256sum --check --strict SHA256SUMS

If there is a SHA256SUMS.sig, it is a signature of these hashes. Write the maintainer's public key into \`allowed_signers\`, in this form:

    maintainer namespaces="${NAMESPACE}" ssh-ed25519 AAAA...

Take the key from a place that is not this release. Then:

    ssh-keygen -Y verify -f allowed_signers -I maintainer -n ${NAMESPACE} -s SHA256SUMS.sig < SHA256SUMS

${changes.slice(changes.indexOf('## '))}`;
}

function signRelease(key: string): void {
  const { status, stderr } = spawnSync('ssh-keygen', [
    '-Y',
    'sign',
    '-f',
    key,
    '-n',
    NAMESPACE,
    join(folder, 'SHA256SUMS'),
  ]);
  if (status !== 0) throw new Error(`ssh-keygen could not sign with ${key}: ${stderr}`);
}

try {
  checkCommittedHashes();
  const contents: [string, Uint8Array][] = [
    [`countersign-${version}.tgz`, pcPackageTar()],
    [`countersign-laptop-${version}.zip`, laptopZip()],
    [`countersign-practice-${version}.mjs`, readFileSync('dist/devnode.mjs')],
    [`countersign-handbook-${version}.html`, utf8(handbookHtml(version!))],
    [`countersign-${version}.cdx.json`, utf8(sbomText(version!))],
  ];
  if (image) contents.push([`countersign-laptop-${version}.iso`, readFileSync(image)]);
  contents.push(['NOTES.md', utf8(releaseNotes(contents.map(([name]) => name)))]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of contents) writeFileSync(join(folder, name), content);
  writeFileSync(
    join(folder, 'SHA256SUMS'),
    contents.map(([name, content]) => hashLine(content, name)).join(''),
  );
  const key = process.env['SIGN_KEY'];
  if (key) signRelease(key);
  console.log(`${folder}:\n${readFileSync(join(folder, 'SHA256SUMS'), 'utf8')}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
