/**
 * Checks the credentials before the first request. Without this check, a line end in a credential would give
 * a TypeError of Node's HTTP client after many repetitions. A failed login would look like an answer of the
 * server.
 */
import { Refusal } from '../../../../shared/errors.ts';
import { word } from '../../../platform/text/shell-words.ts';
import { explainConnection, type SdkError } from './explain-error.ts';
import type { Meaning } from './texts/answer-causes.ts';
import {
  badCredentialRefusal,
  explainCredentialsUnreachable,
  explainHalfOfCredentials,
  explainNoCredentialsFound,
  explainNoLogin,
  explainSecondFactor,
  explainUnusableProfile,
  FOUND,
  profileNameText,
} from './texts/credentials.ts';

interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/**
 * Smallest length of a credential that is hidden in messages. Shorter credentials, such as those of test
 * servers, occur in many texts.
 */
const SHORTEST = 4;

type Env = Record<string, string | undefined>;

export class S3Credentials {
  /** Texts that no message may contain. */
  readonly secrets: string[] = [];
  private readonly provide: () => Promise<Identity>;
  private readonly env: Env;
  private seen = false;

  /**
   * @param provide the SDK's function that finds the credentials: in environment variables, then in the AWS
   * profile
   */
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
      throw new Refusal(...explainMissingCredentials((error ?? {}) as SdkError, this.env));
    }
    const { accessKeyId, secretAccessKey, sessionToken } = found;
    this.checkText('AWS_ACCESS_KEY_ID', accessKeyId, /^[\x21-\x7e]+$/);
    // The secret key may have any characters except spaces and control characters, because it is not sent.
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
      : `${variable.slice('AWS_'.length).toLowerCase()} of ${usedProfileText(this.env)}`;
    const found = quotes
      ? FOUND.quotes
      : /[\r\n]/.test(value)
        ? FOUND.lineBreak
        : value === ''
          ? FOUND.nothing
          : FOUND.character;
    throw badCredentialRefusal(where, found);
  }
}

/** The option `--profile` for an `aws` command in a hint; empty without a profile. */
const profileOptionText = ({ AWS_PROFILE: name }: Env) => (name ? ` --profile ${word(name)}` : '');

const usedProfileText = (env: Env) => profileNameText(env['AWS_PROFILE'] || 'default');

/**
 * Explains why there are no credentials. Examines the SDK's sentences, because the SDK reports causes in no
 * other form.
 */
function explainMissingCredentials(error: SdkError, env: Env): Meaning {
  const of = usedProfileText(env);
  const name = typeof error.name === 'string' ? error.name : '';
  const text = `${name} ${typeof error.message === 'string' ? error.message : ''}`;
  const connection = explainConnection(error);
  if (connection) return explainCredentialsUnreachable(of, connection);
  if (/TokenProviderError|Unauthorized/.test(name) || /aws sso login/i.test(text))
    return explainNoLogin(of, `aws sso login${profileOptionText(env)}`);
  if (/aws login|\.aws\/login/i.test(text)) return explainNoLogin(of, `aws login${profileOptionText(env)}`);
  if (/multi-factor|MFA/.test(text)) return explainSecondFactor(of);
  const [id, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  if (!env[id] !== !env[secret])
    return env[id] ? explainHalfOfCredentials(secret, id) : explainHalfOfCredentials(id, secret);
  return /CredentialsProviderError/.test(name) ? explainNoCredentialsFound(of) : explainUnusableProfile(of);
}
