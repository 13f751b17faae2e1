import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Redactor } from './redactor.ts';

const redactor = new Redactor(
  {
    COUNTERSIGN_NODE_PASSWORD: 'node-pass"word\\',
    AWS_SECRET_ACCESS_KEY: 'aws/secret',
    AWS_SESSION_TOKEN: 'aws-session',
    SIGNER_PASSPHRASE: 'correct horse',
    HOME: 'homely',
    SHORT_TOKEN: 'ab',
  },
  ['http://ocean:p%40ss-in-url@127.0.0.1:1', undefined, 'no url'],
);

const cases: [name: string, got: string, expected: string][] = [
  ['a login in a URL', 'see http://u:x@host/a and s3://k:y@b', 'see http://***@host/a and s3://***@b'],
  ['an @ in the password', 'http://u:a@b@host', 'http://***@host'],
  ['secrets of the environment', 'aws/secret, aws-session, correct horse', '***, ***, ***'],
  ['what only looks secret', 'homely ab', 'homely ab'],
  ['a password as the URL has it', 'p%40ss-in-url', '***'],
  ['a password decoded', 'p@ss-in-url', '***'],
  ['a login as HTTP sends it', `Basic ${btoa('ocean:p@ss-in-url')}`, 'Basic ***'],
];
for (const [name, got, expected] of cases) test(name, () => assert.is(redactor.text(got), expected));

test('secrets in arguments are removed, in both forms of a flag', () => {
  const given = [
    '--node',
    'http://u:pw@h:1',
    '--node=http://u:pw@h:2',
    '--store',
    's3://b',
    '--out',
    'a b@c.json',
  ];
  const told = ['--node', 'http://h:1/', '--node=http://h:2/', '--store', 's3://b', '--out', 'a b@c.json'];
  assert.equal(redactor.arguments(given), told);
});

test('a value that may be a misplaced password is not logged', () => {
  const hidden = redactor.arguments([
    '--node',
    'u:pw@h',
    '--node=ftp://u:pw@h',
    '--store',
    'k:pw@b',
    '--s3-endpoint=h?pw',
  ]);
  assert.not.match(hidden.join(' '), /pw/);
});

test('secrets within texts are removed before the texts become JSON', () => {
  const told = redactor.value({ a: ['is node-pass"word\\!'], 'aws/secret': { n: 1, b: true, c: null } });
  assert.equal(told, { a: ['is ***!'], '***': { n: 1, b: true, c: null } });
});

test.run();
