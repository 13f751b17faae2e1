/** The page for token holders in a real Chromium. Needs `chromium` and `make build`; run by `make test-browser`. */
import { launchChromium } from '../../transfer/courier/tests/browsers/chromium.ts';
import { inBrowser } from './world.ts';
import './answers.ts';
import './late.ts';
import './page.ts';
import './verdict.ts';

inBrowser(launchChromium);
