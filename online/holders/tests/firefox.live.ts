/** The page for token holders in a real Firefox. Needs `firefox-esr` and `make build`; run by `make test-browser`. */
import { launchFirefox } from '../../transfer/courier/tests/browsers/firefox.ts';
import { inBrowser } from './world.ts';
import './answers.ts';
import './late.ts';
import './page.ts';
import './verdict.ts';

inBrowser(launchFirefox);
