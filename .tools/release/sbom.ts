/**
 * The list of packages in the programs, in CycloneDX 1.5 format. The list is made from the lock file, so it
 * is reproducible.
 */
import { readFileSync } from 'node:fs';

interface Locked {
  version: string;
  integrity: string;
  license?: string;
  dev?: boolean;
}

const NAME = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/;

function sbomComponent(name: string, { version, integrity, license }: Locked): object {
  const [algorithm = '', hash = ''] = integrity.split('-');
  return {
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') }],
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
  };
}

/** @param version version of this project */
export function sbomText(version: string): string {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const nested = Object.keys(packages).filter(path => path !== '' && !NAME.test(path));
  if (nested.length > 0) throw new Error(`packages in two versions: ${nested.join(', ')}`);
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        name: 'countersign',
        version,
        purl: `pkg:npm/countersign@${version}`,
      },
    },
    components: used.map(([path, locked]) => sbomComponent(NAME.exec(path)![1]!, locked)),
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
