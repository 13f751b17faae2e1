/**
 * One script for the page and its worker, so that the page is one file. The worker is started from the text
 * of the script.
 */

import { startWorker } from './page-worker.ts';
import { startPage } from './start-page.ts';

if (typeof document === 'undefined') startWorker();
else startPage(document.currentScript?.textContent ?? '');
