/**
 * Checks the credentials before the first request. A line end in one would fail as a TypeError of Node's HTTP client
 * after many repetitions, and a login error would look like the server's answer.
 */
import { Refusal } from '../../../../shared/errors.ts';
import { word } from '../../../platform/text/shell.ts';
import { CREDENTIALS_HINT, type Meaning } from './causes.ts';
import { connectionProblem, type SdkError } from './explain.ts';

interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Shorter credentials, of test servers, are not hidden: they would match half of any text. */
const SHORTEST = 4;

type Env = Record<string, string | undefined>;

export class Credentials {
  /** Texts that no message may contain. */
  readonly secrets: string[] = [];
  private readonly provide: () => Promise<Identity>;
  private readonly env: Env;
  private seen = false;

  /** @param provide the SDK's search: environment variables, then the AWS profile */
  constructor(provide: () => Promise<Identity>, env: Env) {
    this.provide = provide;
    this.env = env;
  }

  /** @throws Refusal STORE_DENIED or STORE_UNREACHABLE; never an SDK error */
  async check(): Promise<void> {
    if (this.seen) return;
    let found: Identity;
    try {
      found = await this.provide();
    } catch (error) {
      throw new Refusal(...missing((error ?? {}) as SdkError, this.env));
    }
    const { accessKeyId, secretAccessKey, sessionToken } = found;
    this.checkText('AWS_ACCESS_KEY_ID', accessKeyId, /^[\x21-\x7e]+$/);
    // The secret key itself is not sent, so it may have other characters.
    this.checkText('AWS_SECRET_ACCESS_KEY', secretAccessKey, /^[^\s\p{Cc}]+$/u);
    if (sessionToken !== undefined) this.checkText('AWS_SESSION_TOKEN', sessionToken, /^[\x21-\x7e]+$/);
    const all = [secretAccessKey, sessionToken, accessKeyId];
    this.secrets.push(...all.filter(text => text !== undefined && text.length >= SHORTEST).map(String));
    this.seen = true;
  }

  private checkText(variable: string, value: string, form: RegExp): void {
    const quotes = /^(["']).*\1$/.test(value);
    if (form.test(value) && !quotes) return;
    const isVariable = this.env[variable] === value;
    const where = isVariable
      ? variable
      : `${variable.slice('AWS_'.length).toLowerCase()} of ${profile(this.env)}`;
    const found = quotes
      ? 'a value in quotation marks'
      : /[\r\n]/.test(value)
        ? 'a value with a line break'
        : value === ''
          ? 'an empty value'
          : 'a value with an invalid character';
    throw new Refusal(
      'STORE_DENIED',
      `${where}: expected only the value, got ${found} (not shown, because it is a credential)`,
      `Set ${where} again, with the value alone. Then run the command again.`,
    );
  }
}

/** Option for a suggested `aws` command. */
const option = ({ AWS_PROFILE: name }: Env) => (name ? ` --profile ${word(name)}` : '');

function profile(env: Env): string {
  return `the profile ${env['AWS_PROFILE'] || 'default'}`;
}

/** Explains why there are no credentials. The SDK reports causes as sentences only. */
function missing(error: SdkError, env: Env): Meaning {
  const of = profile(env);
  const name = typeof error.name === 'string' ? error.name : '';
  const text = `${name} ${typeof error.message === 'string' ? error.message : ''}`;
  const noLogin = `the login of ${of} has expired or is missing`;
  const connection = connectionProblem(error);
  if (connection) return [connection[0], `no S3 credentials for ${of}: ${connection[1]}`, connection[2]];
  if (/TokenProviderError|Unauthorized/.test(name) || /aws sso login/i.test(text))
    return ['STORE_DENIED', noLogin, `Run \`aws sso login${option(env)}\`. Then run the command again.`];
  if (/aws login|\.aws\/login/i.test(text))
    return ['STORE_DENIED', noLogin, `Run \`aws login${option(env)}\`. Then run the command again.`];
  if (/multi-factor|MFA/.test(text))
    return [
      'STORE_DENIED',
      `${of} requires the code of a second factor, and this tool does not ask for it`,
      'Create a session with `aws configure export-credentials --format env`. Set the printed variables in this shell. Then run the command again.',
    ];
  const [id, secret] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (!id !== !secret)
    return [
      'STORE_DENIED',
      id
        ? 'AWS_SECRET_ACCESS_KEY is not set, but AWS_ACCESS_KEY_ID is set'
        : 'AWS_ACCESS_KEY_ID is not set, but AWS_SECRET_ACCESS_KEY is set',
      'Set both variables. Or unset both, and set AWS_PROFILE. Then run the command again.',
    ];
  if (/CredentialsProviderError/.test(name))
    return [
      'STORE_DENIED',
      `no S3 credentials were found in the environment variables and in ${of}`,
      CREDENTIALS_HINT,
    ];
  return [
    'STORE_DENIED',
    `${of} gives no S3 credentials: its settings are incomplete, or the server in its settings refuses them`,
    'Compare ~/.aws/config with the file of another PC. Or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Then run the command again.',
  ];
}
