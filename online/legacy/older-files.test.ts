/** Files for the older scripts keep all signatures when the older confirmer adds its signature. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, sampleRequest, testKeys, trust } from '../../fixtures/sample-request.ts';
import { derive } from '../../shared/derive.ts';
import { parseMapping } from '../../shared/mapping/mapping.ts';
import { mappingSigners } from '../../shared/mapping/signatures.ts';
import { signDerivation } from '../../shared/signatures.ts';
import { olderMappingFile } from './older-files.ts';

/** The label that the older confirmer always uses. */
const CONFIRMER = '2';

const derivation = derive(sampleRequest(), base, trust);
for (const signers of [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]])
  test(`ps1_map.json signed by ${signers}: all signatures are present, and none has the older confirmer's label`, () => {
    const signatures = signers.map(i => signDerivation(derivation, i, testKeys[i - 1]!, trust));
    const mapping = parseMapping(olderMappingFile(derivation, signatures));
    const labels = [...mapping.signatures].map(([label]) => label);
    assert.is(mapping.digest, derivation.mapping.digest);
    assert.equal(mappingSigners(mapping, trust.pubkeys), signers);
    assert.is(labels.length, signers.length);
    assert.not.ok(labels.includes(CONFIRMER), labels.join());
  });

test.run();
