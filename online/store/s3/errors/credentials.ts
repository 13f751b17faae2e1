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
      ? 'quotation marks around it'
      : /[\r\n]/.test(value)
        ? 'a line end in it'
        : value === ''
          ? 'nothing'
          : 'a character in it that none has';
    throw new Refusal(
      'STORE_DENIED',
      `${where}: expected the value and nothing else, found ${found} (not shown: it is a credential)`,
      `Set ${isVariable ? 'the variable' : 'it'} again without that, then repeat.`,
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
  const connection = connectionProblem(error);
  if (connection) return [connection[0], `no S3 credentials for ${of}: ${connection[1]}`, connection[2]];
  if (/TokenProviderError|Unauthorized/.test(name) || /aws sso login/i.test(text))
    return [
      'STORE_DENIED',
      `the login of ${of} has expired, or there was none`,
      `Run \`aws sso login${option(env)}\`, then repeat.`,
    ];
  if (/aws login|\.aws\/login/i.test(text))
    return [
      'STORE_DENIED',
      `the login of ${of} has expired, or there was none`,
      `Run \`aws login${option(env)}\`, then repeat.`,
    ];
  if (/multi-factor|MFA/.test(text))
    return [
      'STORE_DENIED',
      `${of} wants the code of a second factor, which is not asked for here`,
      'Have the AWS program make a session (`aws configure export-credentials --format env`), set its variables in this shell, then repeat.',
    ];
  const [id, secret] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (!id !== !secret)
    return [
      'STORE_DENIED',
      `${id ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, and the other one of the pair is`,
      'Set both, or neither and AWS_PROFILE, then repeat.',
    ];
  if (/CredentialsProviderError/.test(name))
    return ['STORE_DENIED', `no S3 credentials were found in the variables and in ${of}`, CREDENTIALS_HINT];
  return [
    'STORE_DENIED',
    `${of} gives no S3 credentials: its settings are not complete, or the server that it names refuses them`,
    'Compare ~/.aws/config with that of another PC, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then repeat.',
  ];
}
