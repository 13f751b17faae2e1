/** Sentences about missing, expired or malformed S3 credentials. */
import { Refusal } from '../../../../../shared/errors.ts';
import { CREDENTIALS_HINT, type Meaning } from './answer-causes.ts';

/** What is wrong with the value of a credential. */
export const FOUND = {
  quotes: 'a value in quotation marks',
  lineBreak: 'a value with a line break',
  nothing: 'an empty value',
  character: 'a value with an invalid character',
};

/**
 * @param where the variable, or the member of the profile
 * @param found what is wrong with the value, never the value itself
 */
export const badCredentialRefusal = (where: string, found: string) =>
  new Refusal(
    'STORE_DENIED',
    `${where}: expected only the value, got ${found} (not shown, because it is a credential)`,
    `Set ${where} again, with the value alone. Then run the command again.`,
  );

export const profileNameText = (name: string) => `the profile ${name}`;

/** @param command the command to run, such as `aws sso login` */
export const explainNoLogin = (profile: string, command: string): Meaning => [
  'STORE_DENIED',
  `the login of ${profile} has expired or is missing`,
  `Run \`${command}\`. Then run the command again.`,
];

export const explainSecondFactor = (profile: string): Meaning => [
  'STORE_DENIED',
  `${profile} requires the code of a second factor, and this tool does not ask for it`,
  'Create a session with `aws configure export-credentials --format env`. Set the printed variables in this shell. Then run the command again.',
];

export const explainHalfOfCredentials = (missing: string, present: string): Meaning => [
  'STORE_DENIED',
  `${missing} is not set, but ${present} is set`,
  'Set both variables. Or unset both, and set AWS_PROFILE. Then run the command again.',
];

export const explainNoCredentialsFound = (profile: string): Meaning => [
  'STORE_DENIED',
  `no S3 credentials were found in the environment variables or in ${profile}`,
  CREDENTIALS_HINT,
];

export const explainUnusableProfile = (profile: string): Meaning => [
  'STORE_DENIED',
  `${profile} gives no S3 credentials: its settings are incomplete, or the server in its settings refuses them`,
  'Compare ~/.aws/config with the file of another PC. Or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Then run the command again.',
];

export const explainCredentialsUnreachable = (profile: string, [code, why, hint]: Meaning): Meaning => [
  code,
  `no S3 credentials for ${profile}: ${why}`,
  hint,
];
