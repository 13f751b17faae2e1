/** For browser tests of the page: the built page, a server for it, and signed mappings. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { testKeys, trustJson } from '../../../fixtures/sample-request.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { escapePattern } from '../../../shared/testing.ts';
import { test } from '../../transfer/courier/tests/time-limit.ts';

export interface PageWorld {
  /** Folder with `verify.html` and the files of a test. */
  folder: string;
  /** Writes a file into the folder. @returns its path */
  write(name: string, content: string | Uint8Array): string;
  /** Sets the server's answer for `map.json`, until the next call. */
  serve(answer: (response: ServerResponse) => void): void;
  /** A fresh page, opened from the server or from disk. */
  open(place: 'server' | 'disk', file?: string): Promise<Opened>;
  stop(): Promise<void>;
}

export interface Opened {
  page: Page;
  /** Errors that the page logged. */
  problems: string[];
  /** Paths of all requests. */
  requests: string[];
  /** Waits for the verdict. */
  verdict(): Promise<{ state: string; sentence: string }>;
}

export function makePageWorld(browser: Browser): PageWorld {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-holders-'));
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const trust = write('trust.json', JSON.stringify(trustJson));
  const out = join(folder, 'verify.html');
  execFileSync(process.execPath, ['dist/countersign.mjs', 'verify-page', '--trust', trust, '--out', out]);
  const current: { answer: (response: ServerResponse) => void } = {
    answer: response => void response.writeHead(404).end(),
  };
  const server = createServer(({ url }, response) => {
    if (url === '/map.json') return current.answer(response);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(readFileSync(join(folder, String(url).slice(1))));
  }).listen(0, '127.0.0.1');
  const open = async (place: 'server' | 'disk', file = 'verify.html'): Promise<Opened> => {
    const page = await (await browser.newContext()).newPage();
    const [problems, requests]: [string[], string[]] = [[], []];
    // Firefox logs an error for the favicon, because the page's policy forbids the request.
    page.on('pageerror', error => {
      if (!String(error).includes('/favicon.ico')) problems.push(String(error));
    });
    page.on('request', request => {
      const { protocol, pathname } = new URL(request.url());
      // The start of the worker does not count as a request, because the worker comes from a blob of the
      // page's own script.
      if (protocol !== 'blob:') requests.push(pathname);
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(place === 'disk' ? `file://${join(folder, file)}` : `http://127.0.0.1:${port}/${file}`);
    const verdict = async () => {
      await page.waitForSelector('#verdict:not([data-state="checking"])');
      const state = (await page.getAttribute('#verdict', 'data-state')) as string;
      return { state, sentence: (await page.textContent('#sentence')) as string };
    };
    return { page, problems, requests, verdict };
  };
  const stop = async () => {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const serve: PageWorld['serve'] = answer => {
    current.answer = answer;
  };
  return { folder, write, serve, open, stop };
}

type Check = (world: PageWorld) => Promise<void>;
const checks: [string, Check][] = [];

/** Registers a check that each browser runs. */
export const addCheck = (name: string, run: Check): void => void checks.push([name, run]);

/** Runs all checks in one browser. */
export function runChecks(launch: () => Promise<Browser>): void {
  let world: PageWorld;
  test.before(async () => {
    world = makePageWorld(await launch());
  });
  test.after(() => world.stop());
  for (const [name, run] of checks) test(name, () => run(world));
  test.run();
}

/** Runs a check, and then closes the page to free its memory. */
export async function withPage(
  opened: Promise<Opened>,
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const page = await opened;
  try {
    await work(page);
    assert.equal(page.problems, []);
  } finally {
    await page.page.context().close();
  }
}

/** Waits until the element's text has this beginning. */
export const waitForText = (page: Page, id: string, beginning: string): Promise<void> =>
  page
    .locator(`#${id}`)
    .filter({ hasText: new RegExp(`^${escapePattern(beginning)}`) })
    .waitFor();

/** A server's answer with this body. */
export const answerWithBody = (content: string | Uint8Array) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(content);

/** A mapping signed by the test controllers 1 and 2. */
export function signedMapping(text: string): Uint8Array {
  const mapping = parseMapping(utf8(text));
  const [first, second] = testKeys as [Uint8Array, Uint8Array];
  const signatures = [
    ['1', signMapping(mapping, first)],
    ['2', signMapping(mapping, second)],
  ] as const;
  return mapping.withSignatures(new Map(signatures)).bytes();
}
