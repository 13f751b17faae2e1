import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith } from '../../../shared/testing.ts';
import { OceanNode } from '../node.ts';
import { checkPresentable } from '../testing.ts';
import { parseEndpoint } from './endpoint.ts';
import {
  controlCharacterText,
  FAULTS,
  invalidUrlRefusal,
  notEncodedText,
  tooLongText,
} from './texts/settings.ts';

const sentCredentials = (url: string, password?: string) =>
  Buffer.from(
    parseEndpoint(url, { password }).authorization?.slice('Basic '.length) ?? '',
    'base64',
  ).toString();

const GOOD: [url: string, name: string, asks: string, credentials: string][] = [
  ['http://u:p@127.0.0.1:7041', '127.0.0.1:7041', 'http://127.0.0.1:7041/', 'u:p'],
  ['http://u:p@node.example', 'node.example:80', 'http://node.example/', 'u:p'],
  ['https://u:p@node.example/rpc/', 'node.example:443', 'https://node.example/rpc/', 'u:p'],
  ['HTTP://u:p@NODE.example:1', 'node.example:1', 'http://node.example:1/', 'u:p'],
  ['http://u:p@[::1]:7041', '[::1]:7041', 'http://[::1]:7041/', 'u:p'],
  ['http://u:a%3Ab%40c%2Fd%25e%C3%A9@h:1', 'h:1', 'http://h:1/', 'u:a:b@c/d%eé'],
  ['http://us%40er:p:q@h:1', 'h:1', 'http://h:1/', 'us@er:p:q'],
  ['http://u@h:1', 'h:1', 'http://h:1/', 'u:'],
  ['http://h:1', 'h:1', 'http://h:1/', ''],
];
for (const [url, name, asks, credentials] of GOOD) {
  test(`the node's URL ${url} is read`, () => {
    const endpoint = parseEndpoint(url);
    assert.is(endpoint.name, name);
    assert.is(endpoint.url, asks);
    assert.is(sentCredentials(url), credentials);
  });
}

test('the password comes from the environment unless the URL has one', () => {
  assert.is(sentCredentials('http://u@h:1', 's3:/@%cret é'), 'u:s3:/@%cret é');
  assert.is(sentCredentials('http://u:url@h:1', 'environment'), 'u:url');
});

const SECRET = 'hunter2secret';
const LONG = `http://u:${SECRET}${'x'.repeat(5000)}@h:1`;
const BAD: [url: string, fault: string][] = [
  ['', FAULTS.form],
  ['127.0.0.1:7041', FAULTS.noScheme],
  [`u:${SECRET}@127.0.0.1:7041`, FAULTS.form],
  [`ftp://u:${SECRET}@h`, FAULTS.form],
  [`file:///${SECRET}`, FAULTS.form],
  [`http:u:${SECRET}@h`, FAULTS.form],
  [`http:///u:${SECRET}@h`, FAULTS.form],
  ['http://', FAULTS.form],
  [`http://u:${SECRET}@`, FAULTS.host],
  [`http://u:${SECRET}@h:70000`, FAULTS.host],
  [`http://u:${SECRET}@h:0`, FAULTS.zero],
  [`http://u:${SECRET}@h:1x`, FAULTS.host],
  [`http://u:${SECRET}@h h:1`, FAULTS.characters],
  [`http://u:${SECRET}\n@h:1`, FAULTS.characters],
  [`http://u:${SECRET}é@h:1`, FAULTS.characters],
  [`http://u:${SECRET}@h:1?x=1`, FAULTS.query],
  [`http://u:${SECRET}@h:1#x`, FAULTS.query],
  [`http://u:1/${SECRET}@h:1`, FAULTS.at],
  [`http://u:1#${SECRET}@h:1`, FAULTS.at],
  [`http://u:1?${SECRET}@h:1`, FAULTS.at],
  [`http://u:1\\${SECRET}@h:1`, FAULTS.at],
  [`http://u:${SECRET}%zz@h:1`, notEncodedText('password')],
  [`http://u:${SECRET}%ff@h:1`, notEncodedText('password')],
  [`http://u:${SECRET}%0d%0aX: y@h:1`, FAULTS.characters],
  [`http://u:${SECRET}%0d%0aX:y@h:1`, controlCharacterText('password')],
  [`http://a%3Ab:${SECRET}@h:1`, FAULTS.colon],
  [`http://:${SECRET}@h:1`, FAULTS.noUser],
  [LONG, tooLongText('URL', LONG.length)],
];
for (const [url, fault] of BAD) {
  test(`a URL is refused: ${url.slice(0, 50).replace('\n', '\\n')}`, () => {
    const { message } = invalidUrlRefusal(fault);
    const refusal = checkPresentable(failsWith('CONFIG_INVALID', () => parseEndpoint(url), message));
    assert.not.ok(refusal.message.includes(SECRET));
  });
}

test('a password from the environment is refused without a user, or if no header can contain it', () => {
  failsWith(
    'CONFIG_INVALID',
    () => parseEndpoint('http://u@h', { password: `${SECRET}\n` }),
    invalidUrlRefusal(controlCharacterText('password')).message,
  );
  failsWith(
    'CONFIG_INVALID',
    () => parseEndpoint('http://h', { password: SECRET }),
    invalidUrlRefusal(FAULTS.noUser).message,
  );
});

test('no way of printing the client shows the password', () => {
  const node = new OceanNode(`http://u:${SECRET}@h:1`);
  const encoded = Buffer.from(`u:${SECRET}`).toString('base64');
  for (const text of [inspect(node, { depth: 9, showHidden: true }), JSON.stringify(node), String(node)]) {
    assert.not.ok(text.includes(SECRET), text);
    assert.not.ok(text.includes(encoded), text);
  }
});

test.run();
