/**
 * One script for the page and its worker, so that the page is one file. The worker is started from the text
 * of the script.
 */
import { startPage } from './start.ts';
import { startWorker } from './worker.ts';

if (typeof document === 'undefined') startWorker();
else startPage(document.currentScript?.textContent ?? '');
