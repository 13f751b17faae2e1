/** The page of frames describes its file in words. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequest } from '../../../../fixtures/sample-request.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { requestText } from '../../../../shared/request.ts';
import { describeFileContent } from '../texts/describe-file.ts';
import { type Frames, framesPageHtml } from './html.ts';
import { drawCode } from './matrix.ts';

const request = sampleRequest();
const series = { matrices: [drawCode('A', 5)], numbers: [1], count: 1 };
const pageWithFrames = (more: Pick<Frames, 'description' | 'warning'>) =>
  framesPageHtml({ ...series, ...more });

test('the page of a request has its sentence and its review code', () => {
  const description = describeFileContent(utf8(requestText(request)));
  const html = pageWithFrames({ description, warning: null });
  assert.is(/<h1>(.*)<\/h1>/.exec(html)?.[1], description.sentence);
  assert.is(/class="code">(.*)<\/p>/.exec(html)?.[1], request.reviewCode);
});

test('the page of another file has its kind, without markup from the file and without a code', () => {
  const html = pageWithFrames({ description: null, warning: 'a <script>alert(1)</script>' });
  assert.is(/<h1>(.*)<\/h1>/.exec(html)?.[1], 'a &lt;script&gt;alert(1)&lt;/script&gt;');
  assert.not.match(html, /class="code"/);
});

test('the policy permits only the script and the style of the page', () => {
  const html = pageWithFrames({ description: null, warning: null });
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = hash(/<script>([\s\S]*?)<\/script>/.exec(html)?.[1]);
  const style = hash(/<style>([\s\S]*?)<\/style>/.exec(html)?.[1]);
  const policy = /Content-Security-Policy" content="(.*)"/.exec(html)?.[1];
  assert.is(policy, `default-src 'none'; script-src ${script}; style-src ${style}`);
});

test.run();
