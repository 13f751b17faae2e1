/** For `make test-browser`: what the tests of the courier page have in common. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { split } from '../../../../shared/qr/split.ts';
import { deflate } from '../../qr/deflate.ts';
import { draw, type Matrix } from '../../qr/drawing/matrix.ts';
import { findCodes } from '../../qr/picture/find.ts';
import type { Grey } from '../../qr/picture/grey.ts';
import { photograph, turned } from '../../qr/testing/simulate.ts';
import type { Film, Open, Setting } from './browsers/browser.ts';
import { CLEAR, film } from './browsers/trip.ts';
import { sampleRequest } from './samples.ts';

export const bytes = (text: string) => new TextEncoder().encode(text);
export const one = sampleRequest(1);
/** A series of a few codes, and one of many. */
export const some = sampleRequest(8);
export const many = sampleRequest(30);

/** The element comes to hold this text; if not, the test fails with what it holds. */
export async function says(page: Page, id: string, part: string): Promise<void> {
  try {
    await page.waitForSelector(`#${id}:has-text(${JSON.stringify(part)})`);
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

const photographed = new Map<string, Grey>();

/** A film of these texts, each photographed once for all tests of a file. */
export function filmOf(texts: readonly string[], version = 10): Film {
  const pictures = texts.map(text => {
    const picture = photographed.get(`${version} ${text}`) ?? [...film([draw(text, version)], CLEAR)][0]!;
    photographed.set(`${version} ${text}`, picture);
    return picture;
  });
  return { pictures, perSecond: CLEAR.perSecond! };
}

/** Waits for a state that no selector finds; the limit is the test's. */
export async function comesTo(page: Page, state: () => Promise<boolean>): Promise<void> {
  while (!(await state())) await page.waitForTimeout(50);
}

/** Scans a film of these texts. */
export async function scanning(open: Open, texts: string[], check: (page: Page) => Promise<void>) {
  await withPage(open, { film: filmOf(texts) }, async page => {
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

export const SERIES = split(bytes(some.text), { deflate, version: 10 });
export const OTHER = split(bytes(sampleRequest(9).text), { deflate, version: 10 });
