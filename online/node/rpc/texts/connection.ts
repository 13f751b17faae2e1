/** Sentences about the connection to the node, its answers and its login. */
import { RUN_AGAIN } from '../../../platform/texts.ts';
import { COOKIE_PLACE } from './settings.ts';

/** What is wrong, and the next step. */
export type Text = readonly [what: string, hint: string];

export const ELSEWHERE =
  'Check the host and the port of the node. Another program answers there, or a proxy is in between.';
const START =
  'Start the node, or correct its host and port (--node or COUNTERSIGN_NODE). Then run the command again.';
const NETWORK = `Check the network and the host name of the node. ${RUN_AGAIN}`;
export const SLOW = `Check the load of the node. ${RUN_AGAIN}`;
const PASSWORD =
  'Check the user and the password: they are rpcuser and rpcpassword of the node. Give both in the URL, or the password in COUNTERSIGN_NODE_PASSWORD. Or name the cookie file of the node with --node-cookie.';

export const NO_LISTENER: Text = ['no program listens at this address', START];
export const NO_ANSWER: Text = ['the node closes the connection without an answer', START];
export const NO_CONNECTION: Text = ['no connection', NETWORK];
export const UNKNOWN_HOST: Text = ['the host name is unknown', NETWORK];
export const NO_TLS: Text = [
  'no trusted TLS connection',
  'Check whether the URL of the node begins with http:// or https://. For a private certificate, set NODE_EXTRA_CA_CERTS.',
];

export const LOGIN_REQUIRED: Text = ['the node requires a user and a password, or its cookie', PASSWORD];
export const WRONG_COOKIE: Text = [
  'the node does not accept the cookie',
  `Name the cookie file of this node with --node-cookie. ${COOKIE_PLACE} Or give rpcuser in the URL and rpcpassword in COUNTERSIGN_NODE_PASSWORD.`,
];
export const PASSWORD_REQUIRED: Text = [
  'the node requires a password, and none was given',
  'Set COUNTERSIGN_NODE_PASSWORD in this shell to rpcpassword of the node. Then run the command again.',
];
export const WRONG_PASSWORD: Text = ['wrong user or password', PASSWORD];
export const NO_ACCESS: Text = [
  'the node does not accept connections from this computer',
  'Add the address of this computer to rpcallowip of the node, or use a tunnel. Then run the command again.',
];

export const BUSY: Text = ['the node is too busy to answer', SLOW];
export const BEHIND_PROXY: Text = ['a proxy answers, but does not reach the node', START];
export const NO_PATH: Text = [
  'the path in the URL of the node does not exist (HTTP 404)',
  'Remove the text after the port in the URL of the node. A node of this version has one wallet without a name.',
];

export const redirectText = (status: number) =>
  `expected an answer of a node, got a redirect (HTTP ${status})`;
export const CALL_TOO_LARGE = 'the call is too large for the server (HTTP 413)';
export const answerTooLongText = (maxBytes: number) =>
  `expected an answer of at most ${maxBytes} bytes, got more`;
export const answerCutText = (code: string) => `the connection was cut during the answer (${code})`;
export const answerNotHttpText = (code: string) => `the answer is not HTTP (${code})`;
export const answerUnreadableText = (code: string) => `the answer cannot be read (${code})`;
export const noAnswerText = (seconds: number) => `no answer within ${seconds} s`;

/** Printed in place of a repeated key in an answer. */
export const A_KEY = 'a key';

export const NOT_AN_OBJECT = 'expected an object, got another value';
export const NOT_A_LIST = 'expected a list of answers, got another value';
export const OTHER_CALL = 'expected the answer to this call, got the answer to another call (the id differs)';
export const NOT_AN_ERROR = 'expected an error with a code and a message, got another error';
export const BOTH_RESULTS = 'expected a result or an error, got both';
export const NO_RESULT = 'expected a result or an error, got neither';
export const NOT_ONE_EACH =
  'expected one answer to each call, got a second answer or an answer to an unknown call';
export const emptyAnswerText = (status: number) => `expected JSON, got an empty answer (HTTP ${status})`;
export const webPageText = (status: number) => `expected JSON, got a web page (HTTP ${status})`;
export const resultWithStatusText = (status: number) => `expected a result with HTTP 200, got HTTP ${status}`;
export const noErrorWithStatusText = (status: number) => `expected an error with HTTP ${status}, got none`;

export const OTHER_NODE =
  'Use another node. This node is not an Ocean node of a known version, or a proxy changes its answers.';

/** @param txid the transaction id in the answer, from which the password was removed */
export const otherTransactionProblem = (txid: string): Text => [
  `expected the id of this transaction, got the id of another transaction, ${txid}`,
  'Use another node: this node gives false answers.',
];
