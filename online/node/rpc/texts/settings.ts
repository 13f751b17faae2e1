/** Sentences about the node's URL, its password and its cookie file. */
import { Refusal } from '../../../../shared/errors.ts';

const URL_FORM = 'http(s)://[user:password@]host[:port]';

/** What is wrong with a URL. No text quotes a part of the URL, which may contain a password. */
export const FAULTS = {
  characters: 'a URL with a space, a control character or a non-ASCII character',
  quotes: 'a URL in quotation marks',
  noScheme: 'a URL without http://',
  form: 'a URL of another form',
  at: 'a URL with @ after the host',
  host: 'a URL with an invalid host or port',
  query: 'a URL with ? or #',
  zero: 'port 0',
  colon: 'a user with ":"',
  noUser: 'a password without a user',
};
type Part = 'URL' | 'user' | 'password';
export const tooLongText = (part: Part, length: number): string => `a ${part} of ${length} characters`;
export const notEncodedText = (part: Part): string => `a ${part} with a % that is not percent-encoding`;
export const controlCharacterText = (part: Part): string => `a ${part} with a control character`;

/** @param got what is wrong with the URL */
export const invalidUrlRefusal = (got: string) =>
  new Refusal(
    'CONFIG_INVALID',
    `node: expected ${URL_FORM}, got ${got}`,
    'Correct the URL of the node where you gave it: your answer, countersign.json, COUNTERSIGN_NODE or --node. Percent-encode / : @ and % in a password, or give the password in COUNTERSIGN_NODE_PASSWORD.',
  );

export const NO_PORT =
  'Add the port of the node to its URL: without a port, the port of a web server was asked. The port is rpcport of the node. The default is 8332 for ocean_main and 7041 for other chains.';

export const COOKIE_PLACE =
  'It is the file .cookie in the folder of the chain, inside the data folder of the node.';

export const cookieMissingRefusal = (name: string) =>
  new Refusal(
    'FILE_MISSING',
    `${name}: the cookie file does not exist`,
    'Start the node, or name its cookie file with --node-cookie. The node writes the file when it starts, unless rpcpassword is set. It removes the file when it stops.',
  );

// Kinds of content that `fileKind` does not recognise.
export const BYTE_ORDER_MARK = 'a byte order mark at the beginning';
export const OTHER_CONTENT = 'different content';

/** @param found the kind of content. It never quotes the content itself */
export const notACookieRefusal = (name: string, found: string) =>
  new Refusal(
    'FORMAT_INVALID',
    `${name}: expected the cookie file of a node (one line, user:password), got ${found} (not shown)`,
    `Name the cookie file that the node wrote. ${COOKIE_PLACE}`,
  );
