/** Sentences about a server that cannot be reached, or that is not the expected S3 server. */
import { RUN_AGAIN } from '../../../../platform/texts.ts';
import { LATER_HINT, type Meaning } from './answer-causes.ts';

const NETWORK_HINT = `Check the network, the proxy and the endpoint. ${RUN_AGAIN}`;
const ENDPOINT_HINT =
  'Check the endpoint (COUNTERSIGN_S3_ENDPOINT): the scheme, the host and the port of an S3 server.';

/** @param code code of the system or of TLS, such as `ECONNREFUSED` */
export const explainNoTls = (code: string): Meaning => [
  'STORE_UNREACHABLE',
  `no trusted TLS connection to the endpoint (${code})`,
  'Check whether the endpoint begins with http:// or https://. For a private certificate, set NODE_EXTRA_CA_CERTS.',
];

export const explainNoConnection = (code: string): Meaning => [
  'STORE_UNREACHABLE',
  `no connection to the endpoint (${code})`,
  NETWORK_HINT,
];

export const TOO_LATE: Meaning = ['STORE_UNREACHABLE', 'the endpoint does not answer in time', NETWORK_HINT];

export const NOT_HTTP: Meaning = ['STORE_FAILED', 'the answer of the endpoint is not HTTP', ENDPOINT_HINT];

/** @param said what the server answered, in parentheses, or an empty text */
export const explainOverloaded = (said: string): Meaning => [
  'STORE_UNREACHABLE',
  `the server or a proxy is overloaded or down${said}`,
  LATER_HINT,
];

export const explainNotAnS3Answer = (status: number | undefined): Meaning => [
  'STORE_FAILED',
  `expected an answer of an S3 server, got another answer (${status === undefined ? 'no status' : `status ${status}`})`,
  ENDPOINT_HINT,
];

export const explainUnknownCause = (said: string): Meaning => [
  'STORE_FAILED',
  `the server refused the operation${said}`,
  'Search for this code in the documentation of the server. Or give its operator the code and the request id.',
];

/**
 * A network's sign-in page or a proxy's error page. Such a page must not count as an object or as success.
 */
export const explainWebPage = (status: number | undefined): Meaning => [
  'STORE_FAILED',
  `expected an S3 server, got another server${status === undefined ? '' : ` (status ${status})`}`,
  `${ENDPOINT_HINT} A proxy may answer instead, or a network that requires a sign-in.`,
];

/** @param region region that the server names; undefined if it names none */
export function explainOtherRegion(region: string | undefined, status: number | undefined): Meaning {
  if (region === undefined)
    return [
      'STORE_FAILED',
      `the bucket is in another region, or behind another endpoint (status ${status})`,
      'Set the region of the bucket (COUNTERSIGN_S3_REGION, or --s3-region with `countersign init`), or correct the endpoint.',
    ];
  return [
    'STORE_FAILED',
    `the bucket is in the region ${region}`,
    `Set the region: COUNTERSIGN_S3_REGION=${region}, or --s3-region ${region} with \`countersign init\`.`,
  ];
}
