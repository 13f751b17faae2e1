/** For `make test-browser`: functions that the tests of the courier page share. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { splitFile } from '../../../../shared/qr/file-splitting.ts';
import { deflate } from '../../qr/deflate.ts';
import { drawCode, type Matrix } from '../../qr/drawing/matrix.ts';
import { findCodes } from '../../qr/picture/find-codes.ts';
import type { Grey } from '../../qr/picture/grey-picture.ts';
import { photographCodes, rotatedCorners } from '../../qr/testing/camera-pictures.ts';
import type { Film, Open, Setting } from './browsers/browser.ts';
import { CLEAR, makeFilmPictures } from './browsers/file-transfer.ts';
import { sampleRequest } from './sample-files.ts';

export const utf8BytesOf = (text: string) => new TextEncoder().encode(text);
export const one = sampleRequest(1);
/** `some` is a request with few frames, and `many` is a request with many frames. */
export const some = sampleRequest(8);
export const many = sampleRequest(30);

/** Waits until the element has this text. If not, the test fails with the element's text. */
export async function waitForText(page: Page, id: string, part: string): Promise<void> {
  try {
    await page.waitForSelector(`#${id}:has-text(${JSON.stringify(part)})`);
  } catch {
    assert.match((await page.textContent(`#${id}`)) ?? '', part);
  }
}

export const expectNoFile = async (page: Page) =>
  assert.ok(await page.isHidden('#result'), 'no file is offered');

/** Runs `check` on a newly opened page. Fails if the page logs an error, or tries to use the network. */
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

/** A film of the codes of these texts. Each code is photographed once for all tests of a file. */
export function makeFilmOfTexts(texts: readonly string[], version = 10): Film {
  const pictures = texts.map(text => {
    const picture =
      photographed.get(`${version} ${text}`) ?? [...makeFilmPictures([drawCode(text, version)], CLEAR)][0]!;
    photographed.set(`${version} ${text}`, picture);
    return picture;
  });
  return { pictures, perSecond: CLEAR.perSecond! };
}

/**
 * Waits until `state` gives true, for a state that no selector can express. The time limit is that of the
 * test.
 */
export async function waitForState(page: Page, state: () => Promise<boolean>): Promise<void> {
  while (!(await state())) await page.waitForTimeout(50);
}

/** Opens the page, starts to scan a film with the codes of these texts, and runs `check`. */
export async function withScan(open: Open, texts: string[], check: (page: Page) => Promise<void>) {
  await withPage(open, { film: makeFilmOfTexts(texts) }, async page => {
    await page.click('#scan-tab');
    await page.click('#start');
    await check(page);
  });
}

/** The text that a perfect camera reads from the code. */
export function readTextOfMatrix(matrix: Matrix): string {
  const corners = rotatedCorners(400, 400, 780, 0);
  const [text] = findCodes(photographCodes([{ matrix, corners }], { width: 800, height: 800 }));
  return text ?? '';
}

export const SERIES = splitFile(utf8BytesOf(some.text), { deflate, version: 10 });
export const OTHER = splitFile(utf8BytesOf(sampleRequest(9).text), { deflate, version: 10 });
