/** Recorded answers of S3 services, sent to the store and to the built program. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BuiltPc } from '../../../../fixtures/pcs/built-pc.ts';
import type { Refusal } from '../../../../shared/errors.ts';
import { rejectsWith } from '../../../../shared/testing.ts';
import { openStore } from '../../open-store.ts';
import { MEANINGS, type Meaning } from '../errors/texts/answer-causes.ts';
import {
  badCredentialRefusal,
  explainHalfOfCredentials,
  explainNoCredentialsFound,
  explainNoLogin,
  explainSecondFactor,
  explainUnusableProfile,
  FOUND,
  profileNameText,
} from '../errors/texts/credentials.ts';
import { errorAnswer, MemoryBucket, sendRecorded, withAnsweringServer } from './answering-server.ts';
import { SAMPLES, type Sample } from './recorded-answers.ts';

const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
const AWS = {
  AWS_ACCESS_KEY_ID: KEY_ID,
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1', // pauses between the SDK's attempts would take most of the time
};
Object.assign(process.env, AWS);
for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_SESSION_TOKEN']) delete process.env[name];

const textBytes = (value: string) => new TextEncoder().encode(value);

for (const { service, answer, means, quoted } of SAMPLES)
  test(`${service}: the refusal has the cause and the next step`, () =>
    withAnsweringServer(
      (_, res) => sendRecorded(res, answer),
      async endpoint => {
        const store = await openStore('s3://bucket/prefix', { endpoint });
        for (const run of [() => store.get('map.json'), () => store.put('map.json', textBytes('x'))]) {
          const [code, cause, step] = means;
          const { hint, message } = await rejectsWith(code, run, quoted);
          assert.is(hint, step);
          assert.ok(message.includes(`.json: ${cause}`), message);
          assert.match(message, /^[\x20-\x7e]*$/);
        }
      },
    ));

/** Runs `map show` with the built program, and returns its error. */
async function runMapShow(endpoint: string, env: Record<string, string | undefined> = {}) {
  const pc = new BuiltPc({
    COUNTERSIGN_STORE: 's3://bucket/p',
    COUNTERSIGN_S3_ENDPOINT: endpoint,
    ...AWS,
    ...env,
  });
  try {
    const ran = await pc.run('countersign', ['map', 'show', '--json']);
    assert.is(ran.status, 1, ran.err);
    assert.not.match(ran.err + ran.out, /\n\s+at |AKIAIOSFODNN7|wJalrXUtn/);
    return ran.json.error as { code: string; message: string; hint: string };
  } finally {
    pc.remove();
  }
}

const BUILT = /R2, a region|no inode|proxy|size limit|key disabled|archived|unknown code$|JSON/;
for (const { service, answer, means, quoted } of SAMPLES.filter((one: Sample) => BUILT.test(one.service)))
  test(`the built program explains the answer of ${service}`, () =>
    withAnsweringServer(
      (_, res) => sendRecorded(res, answer),
      async endpoint => {
        const error = await runMapShow(endpoint);
        const [code, cause, step] = means;
        assert.equal([error.code, error.hint], [code, step]);
        assert.ok(error.message.includes(`.json: ${cause}`), error.message);
        assert.match(error.message, quoted);
      },
    ));

test("credentials in the server's message are removed", () =>
  withAnsweringServer(
    (_, res) => sendRecorded(res, errorAnswer(400, 'InvalidPart', `key ${KEY_ID} signed with ${SECRET}`)),
    async endpoint => assert.match((await runMapShow(endpoint)).message, /key \*\*\* signed with \*\*\*/),
  ));

for (const [code, message] of [
  [
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  ],
  ['MissingContentMD5', 'Missing required header for this request: Content-Md5.'],
] as const)
  test(`object lock (${code}): a checksum is sent after the server requires it, and then with each object`, () => {
    const bucket = new MemoryBucket();
    const asked: (string | undefined)[] = [];
    return withAnsweringServer(
      (req, res, body) => {
        if (req.method === 'PUT') asked.push(req.headers['content-md5']?.toString());
        if (req.method === 'PUT' && !req.headers['content-md5'])
          return sendRecorded(res, errorAnswer(400, code, message));
        return bucket.answer(req, res, body);
      },
      async endpoint => {
        const store = await openStore('s3://bucket/p', { endpoint });
        assert.is(await store.create('map.json', textBytes('x')), true);
        assert.is(await store.create('map.json', textBytes('x')), false);
        await store.put('ptxo.dat', textBytes('y'));
        assert.equal(
          asked.map(value => value !== undefined),
          [false, true, true, true, true, true],
        );
        assert.is(asked.at(-1), 'QVKQdpWURg4uSFkikE80XQ==');
        assert.equal(await store.get('ptxo.dat'), textBytes('y'));
      },
    );
  });

test('if the server refuses the checksum too, the refusal says so after one attempt', () =>
  withAnsweringServer(
    (_, res) =>
      sendRecorded(
        res,
        errorAnswer(400, 'InvalidRequest', 'Missing required header: x-amz-checksum-crc64nvme'),
      ),
    async endpoint => {
      const store = await openStore('s3://bucket/p', { endpoint });
      const [code, cause, step] = MEANINGS.checksum;
      const { hint, message } = await rejectsWith(code, () => store.put('map.json', textBytes('x')));
      assert.is(hint, step);
      assert.ok(message.includes(cause), message);
    },
  ));

const CONFIG = {
  sso: `[profile ops]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Writer\nregion = eu-west-2
[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`,
  oldSso:
    '[profile ops]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = W\n',
  cutSso: '[profile ops]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = W\n',
  login: '[profile ops]\nlogin_session = arn:aws:iam::111122223333:user/ops\nregion = eu-west-2\n',
  secondFactor: `[profile ops]\nrole_arn = arn:aws:iam::1:role/W\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ops
[profile base]\naws_access_key_id = AKIAX\naws_secret_access_key = abc\n`,
};

const [ID, KEY, TOKEN] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
const OPS = profileNameText('ops');
const credentials: [what: string, env: Record<string, string>, config: string, means: Meaning | Refusal][] = [
  ['a key with a line end', { [ID]: `${KEY_ID}\n` }, '', badCredentialRefusal(ID, FOUND.lineBreak)],
  ['a token with CR', { [TOKEN]: 'FwoGZ\r' }, '', badCredentialRefusal(TOKEN, FOUND.lineBreak)],
  ['a secret with a space', { [KEY]: `${SECRET} ` }, '', badCredentialRefusal(KEY, FOUND.character)],
  ['quotation marks of an env file', { [ID]: `"${KEY_ID}"` }, '', badCredentialRefusal(ID, FOUND.quotes)],
  ['one of the pair', { [KEY]: '' }, '', explainHalfOfCredentials(KEY, ID)],
  ['no login of SSO', { AWS_PROFILE: 'ops' }, CONFIG.sso, explainNoLogin(OPS, 'aws sso login --profile ops')],
  [
    'no login of the older SSO',
    { AWS_PROFILE: 'ops' },
    CONFIG.oldSso,
    explainNoLogin(OPS, 'aws sso login --profile ops'),
  ],
  ['no console login', { AWS_PROFILE: 'ops' }, CONFIG.login, explainNoLogin(OPS, 'aws login --profile ops')],
  ['SSO that is not complete', { AWS_PROFILE: 'ops' }, CONFIG.cutSso, explainUnusableProfile(OPS)],
  ['a second factor', { AWS_PROFILE: 'ops' }, CONFIG.secondFactor, explainSecondFactor(OPS)],
  [
    'a profile that is not there',
    { AWS_PROFILE: 'opz' },
    CONFIG.sso,
    explainNoCredentialsFound(profileNameText('opz')),
  ],
];
for (const [what, env, config, means] of credentials)
  test(`credentials, ${what}: refused before a request is sent`, async () => {
    const pc = new BuiltPc();
    const file = pc.write('config', config);
    const none = env['AWS_PROFILE'] ? { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } : {};
    const started = Date.now();
    // The endpoint cannot be reached. A message about the endpoint would name the wrong cause.
    const error = await runMapShow('http://127.0.0.1:1', { AWS_CONFIG_FILE: file, ...none, ...env });
    pc.remove();
    const [code, cause, step] = Array.isArray(means) ? means : [means.code, means.message, means.hint];
    assert.equal([error.code, error.hint], [code, step], error.message);
    assert.is(code, 'STORE_DENIED');
    assert.ok(error.message.endsWith(`: ${cause}`), error.message);
    assert.ok(Date.now() - started < 10_000);
  });

test.run();
