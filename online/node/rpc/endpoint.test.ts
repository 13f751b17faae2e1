import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failsWith } from '../../../shared/testing.ts';
import { OceanNode } from '../node.ts';
import { checkPresentable } from '../testing.ts';
import { parseEndpoint } from './endpoint.ts';

const sentLogin = (url: string, password?: string) =>
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
    assert.is(sentLogin(url), credentials);
  });
}

test('the password comes from the environment unless the URL has one', () => {
  assert.is(sentLogin('http://u@h:1', 's3:/@%cret é'), 'u:s3:/@%cret é');
  assert.is(sentLogin('http://u:url@h:1', 'environment'), 'u:url');
});

const SECRET = 'hunter2secret';
const BAD: [url: string, message: RegExp][] = [
  ['', /another form/],
  ['127.0.0.1:7041', /without http/],
  [`u:${SECRET}@127.0.0.1:7041`, /another form/],
  [`ftp://u:${SECRET}@h`, /another form/],
  [`file:///${SECRET}`, /another form/],
  [`http:u:${SECRET}@h`, /another form/],
  [`http:///u:${SECRET}@h`, /another form/],
  ['http://', /another form/],
  [`http://u:${SECRET}@`, /invalid host or port/],
  [`http://u:${SECRET}@h:70000`, /invalid host or port/],
  [`http://u:${SECRET}@h:0`, /port 0/],
  [`http://u:${SECRET}@h:1x`, /invalid host or port/],
  [`http://u:${SECRET}@h h:1`, /a space/],
  [`http://u:${SECRET}\n@h:1`, /a space, a control/],
  [`http://u:${SECRET}é@h:1`, /non-ASCII/],
  [`http://u:${SECRET}@h:1?x=1`, /\?/],
  [`http://u:${SECRET}@h:1#x`, /#/],
  [`http://u:1/${SECRET}@h:1`, /@ after the host/],
  [`http://u:1#${SECRET}@h:1`, /@ after the host/],
  [`http://u:1?${SECRET}@h:1`, /@ after the host/],
  [`http://u:1\\${SECRET}@h:1`, /@ after the host/],
  [`http://u:${SECRET}%zz@h:1`, /a password with a %/],
  [`http://u:${SECRET}%ff@h:1`, /a password with a %/],
  [`http://u:${SECRET}%0d%0aX: y@h:1`, /a space/],
  [`http://u:${SECRET}%0d%0aX:y@h:1`, /a password with a control character/],
  [`http://a%3Ab:${SECRET}@h:1`, /^node: .*":"/],
  [`http://:${SECRET}@h:1`, /a password without a user/],
  [`http://u:${SECRET}${'x'.repeat(5000)}@h:1`, /characters/],
];
for (const [url, message] of BAD) {
  test(`a URL is refused: ${url.slice(0, 50).replace('\n', '\\n')}`, () => {
    const refusal = checkPresentable(failsWith('CONFIG_INVALID', () => parseEndpoint(url), message));
    assert.not.ok(refusal.message.includes(SECRET));
  });
}

test('a password from the environment is refused without a user, or if no header can contain it', () => {
  failsWith(
    'CONFIG_INVALID',
    () => parseEndpoint('http://u@h', { password: `${SECRET}\n` }),
    /control character/,
  );
  failsWith('CONFIG_INVALID', () => parseEndpoint('http://h', { password: SECRET }), /without a user/);
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
