/** The page for token holders in a real Chromium. Needs `chromium` and `make build`; run by `make test-browser`. */
import { launchChromium } from '../../transfer/courier/tests/browsers/chromium.ts';
import { runChecks } from './page-world.ts';
import './checks/page-answers.ts';
import './checks/doubtful-cases.ts';
import './checks/late-answers.ts';
import './checks/page-states.ts';
import './checks/page-verdict.ts';

runChecks(launchChromium);
