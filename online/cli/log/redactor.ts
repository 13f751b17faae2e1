/** Removes secrets from arguments, messages and results before they are logged. */
import { bytesToBase64, utf8 } from '../../../shared/bytes.ts';
import { parseEndpoint } from '../../node/rpc/endpoint.ts';

/** Matches names of environment variables that contain secrets of the node, of S3 or of other programs. */
const SECRET_NAME = /PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY|PRIVATE|MNEMONIC/i;
/**
 * Only secrets of at least this length are searched for in texts, because a shorter one occurs in many words.
 * A password in a URL is recognised by its place in the URL, and removed at any length.
 */
const SHORTEST = 4;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi;
const HIDDEN = '***';

/** For each flag whose value may contain a password: a function that removes the password. */
const SAFE_FORM_OF: Record<string, (value: string) => string> = {
  '--node': nodeForLog,
  '--store': hideTextWithLogin,
  '--s3-endpoint': hideTextWithLogin,
};

function nodeForLog(value: string): string {
  if (value === 'later') return value;
  try {
    return parseEndpoint(value).url;
  } catch {
    return '(not shown: not the URL of a node)';
  }
}

function hideTextWithLogin(value: string): string {
  return /[@?]/.test(value) ? '(not shown: it may contain a password)' : value;
}

/** The password of a URL, in each encoding in which a text may contain it. */
function urlPasswordEncodings(url: string | undefined): string[] {
  const match = /:\/\/([^/\s]*)@/.exec(url ?? '');
  const login = match?.[1] ?? '';
  const at = login.indexOf(':');
  if (at < 0) return [];
  const raw = login.slice(at + 1);
  let decoded = raw;
  try {
    decoded = decodeURIComponent(raw);
  } catch {}
  const user = login.slice(0, at);
  return [raw, decoded, bytesToBase64(utf8(`${user}:${decoded}`)), bytesToBase64(utf8(decoded))];
}

export class Redactor {
  readonly #secrets: string[];

  /** @param urls urls of the node, from all sources of the configuration */
  constructor(env: Record<string, string | undefined>, urls: readonly (string | undefined)[] = []) {
    const named = Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
    const all = [...named, ...urls.flatMap(urlPasswordEncodings)];
    this.#secrets = [...new Set(all)]
      .filter((secret): secret is string => secret !== undefined && secret.length >= SHORTEST)
      .sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    const bare = text.replace(URL_CREDENTIALS, `$1${HIDDEN}@`);
    return this.#secrets.reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), bare);
  }

  /** Redacts arguments of the forms `--flag value` and `--flag=value`. */
  arguments(args: readonly string[]): string[] {
    return args.map((arg, i) => {
      const [, flag = '', value = ''] = /^(--[a-z0-9-]+)=(.*)$/s.exec(arg) ?? [];
      const before = SAFE_FORM_OF[args[i - 1] ?? ''];
      if (before) return this.text(before(arg));
      return this.text(SAFE_FORM_OF[flag] ? `${flag}=${SAFE_FORM_OF[flag](value)}` : arg);
    });
  }

  /** Redacts every text inside a value, including the names of members. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map(one => this.value(one));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [this.text(name), this.value(of)]));
  }
}
