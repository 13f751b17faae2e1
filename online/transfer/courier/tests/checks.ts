/** For `make test-browser`: what the tests of the courier page have in common. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { split } from '../../../../shared/qr/split.ts';
import { deflate } from '../../qr/deflate.ts';
import { draw, type Matrix } from '../../qr/drawing/matrix.ts';
import { findCodes } from '../../qr/picture/find.ts';
import { photograph, turned } from '../../qr/testing/simulate.ts';
import type { Open, Setting } from './browsers/browser.ts';
import { film } from './browsers/trip.ts';
import { sampleRequest } from './samples.ts';

export const bytes = (text: string) => new TextEncoder().encode(text);
export const one = sampleRequest(1);
export const many = sampleRequest(30);

/** The element comes to hold this text; if not, the test fails with what it holds. */
export async function says(page: Page, id: string, part: string): Promise<void> {
  try {
    await page.waitForSelector(`#${id}:has-text(${JSON.stringify(part)})`, { timeout: 30_000 });
  } catch {
    assert.match((await page.textContent(`#${id}`)) ?? '', part);
  }
}

export const noFile = async (page: Page) => assert.ok(await page.isHidden('#result'), 'no file is offered');

/** The page in a browser of its own; it must log no error and try no request. */
export async function withPage(open: Open, setting: Setting, check: (page: Page) => Promise<void>) {
  const { page, problems, close } = await open(setting);
  try {
    await check(page);
    assert.equal(problems, []);
  } finally {
    await close();
  }
}

/** Scans a film of these texts. */
export async function scanning(open: Open, texts: string[], check: (page: Page) => Promise<void>) {
  const codes = texts.map(text => draw(text, 10));
  const setting = { film: { pictures: film(codes, { hold: 3 }), perSecond: 10 } };
  await withPage(open, setting, async page => {
    await page.click('#scan-tab');
    await page.click('#start');
    await check(page);
  });
}

/** What a camera that sees it without a fault reads. */
export function textOf(matrix: Matrix): string {
  const corners = turned(400, 400, 780, 0);
  const [text] = findCodes(photograph([{ matrix, corners }], { width: 800, height: 800 }));
  return text ?? '';
}

export const SERIES = split(bytes(many.text), { deflate, version: 10 });
export const OTHER = split(bytes(sampleRequest(31).text), { deflate, version: 10 });
