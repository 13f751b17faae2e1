/** The page for token holders in a real Chromium. Needs `chromium` and `make build`; run by `make test-browser`. */
import { launchChromium } from '../../transfer/courier/tests/browsers/chromium.ts';
import { runChecks } from './world.ts';
import './checks/answers.ts';
import './checks/doubtful-cases.ts';
import './checks/late-answers.ts';
import './checks/page.ts';
import './checks/verdict.ts';

runChecks(launchChromium);
