/**
 * One script for the page and its worker, so that the page is one file. The page starts the worker with the
 * text of this script.
 */

import { startWorker } from './page-worker.ts';
import { startPage } from './start-page.ts';

if (typeof document === 'undefined') startWorker();
else startPage(document.currentScript?.textContent ?? '');
