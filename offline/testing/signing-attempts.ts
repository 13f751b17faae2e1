/** For tests of the built program: unused homes, and attempts to sign in them. */

import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { base, sampleRequest, testKeys, trust } from '../../fixtures/sample-request.ts';
import { derive } from '../../shared/derive.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { signDerivation, signedMapping } from '../../shared/signatures.ts';
import { assertText } from '../../shared/testing.ts';
import type { BuiltSigner } from './built-signer.ts';
import { withoutLineBreaks } from './test-device.ts';

export type Changes = Parameters<BuiltSigner['request']>[1];

/** @param master the home to copy */
export function makeSigningHelpers(program: BuiltSigner, master: string) {
  let homes = 0;

  /** Copies a home. Sets the mode of the copy, because newer Nodes apply the shell's mask to the copy. */
  function copyOf(home: string, copy: string): string {
    cpSync(program.path(home), program.path(copy), { recursive: true });
    chmodSync(program.path(copy), 0o700);
    return copy;
  }

  const fresh = () => copyOf(master, `home-${homes++}`);

  /** Signs as a script does, with the request's review code unless another code is given. */
  function sign(home: string, changes: Changes = {}, { code = '', flags = [] as string[] } = {}) {
    const own = program.request('request.json', changes);
    rmSync(program.path('sign.json'), { force: true });
    const words = ['sign', 'request.json', '--out', 'sign.json', '--confirm', code || own, '--home', home, '--json'];
    const run = program.run(...words, ...flags);
    return { ...run, screen: run.err, flat: withoutLineBreaks(run.err) };
  }

  function refused(
    run: Pick<ReturnType<typeof sign>, 'status' | 'json' | 'out'>,
    code: string,
    message: RegExp | string = /./,
  ): void {
    assert.is(run.status, 1, run.out);
    assert.is(run.json.error.code, code, run.out);
    assertText(run.json.error.message, message);
    assert.not.ok(existsSync(program.path('sign.json')), 'nothing was signed');
  }

  function accepted<T extends Pick<ReturnType<typeof sign>, 'status' | 'out' | 'err'>>(run: T): T {
    assert.is(run.status, 0, run.out + run.err);
    return run;
  }

  /** All files of a home with their bytes. */
  function contentOf(home: string): Record<string, string> {
    const root = program.path(home);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
    return Object.fromEntries(paths.map(path => [path.slice(root.length + 1), readFileSync(path, 'hex')]));
  }

  return { fresh, copyOf, sign, refused, accepted, contentOf };
}

export const mappingText = (mapping: Mapping): string => new TextDecoder().decode(mapping.bytes());

export const baseMemberOf = (mapping: Mapping) => ({
  base: { mapping: mapping.digest, text: mappingText(mapping) },
});

/** The mapping that a request makes, signed by controllers 1 and 3. */
export function fullySignedMapping(changes: Changes, below = base): Mapping {
  const made = derive(sampleRequest(changes), below, trust);
  return signedMapping(
    made,
    [1, 3].map(c => signDerivation(made, c, testKeys[c - 1]!, trust)),
  );
}
