/** The page for token holders in a real Firefox. Needs `firefox-esr` and `make build`; run by `make test-browser`. */
import { launchFirefox } from '../../transfer/courier/tests/browsers/firefox.ts';
import { runChecks } from './world.ts';
import './checks/answers.ts';
import './checks/doubtful-cases.ts';
import './checks/late-answers.ts';
import './checks/page.ts';
import './checks/verdict.ts';

runChecks(launchFirefox);
