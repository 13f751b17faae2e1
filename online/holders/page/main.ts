/** One script for the page and for its worker, so that the page is one file: the worker is started from the script's own text. */
import { startPage } from './start.ts';
import { startWorker } from './worker.ts';

if (typeof document === 'undefined') startWorker();
else startPage(document.currentScript?.textContent ?? '');
