/** The node's address and credentials, read from the configured URL. */
import { bytesToBase64, utf8 } from '../../../shared/bytes.ts';
import { type CookieFile, isLocalHost, type Login } from './cookie-file.ts';
import {
  controlCharacterText,
  FAULTS,
  invalidUrlRefusal,
  NO_PORT,
  notEncodedText,
  tooLongText,
} from './texts/settings.ts';

const NOBODY: Login = { user: '', password: '' };

/** Credentials for the node. */
export interface Credentials {
  /** From COUNTERSIGN_NODE_PASSWORD. A password in the URL takes precedence. */
  password?: string | undefined;
  /** A cookie file that a person named. It takes precedence over both passwords. */
  cookie?: CookieFile | undefined;
  /**
   * A cookie file that may exist. It is used if no other credentials are given and the node is on this
   * computer.
   */
  localCookie?: CookieFile | undefined;
}

export class Endpoint {
  /** The URL without credentials. */
  readonly url: string;
  /** `host:port`, the node's name in messages. */
  readonly name: string;
  /** The cookie file from which the login is read; undefined if the login has another source. */
  readonly cookie: CookieFile | undefined;
  /** The field is private, so that printing the object does not show the login. */
  #login: Login;
  readonly #lacksPort: boolean;
  #secrets: readonly string[] = [];

  constructor(url: URL, login: Login, cookie?: CookieFile) {
    this.url = `${url.protocol}//${url.host}${url.pathname}`;
    this.name = `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
    this.#lacksPort = url.port === '';
    this.cookie = cookie;
    this.#login = login;
    this.#use(login);
    if (cookie) this.renew();
  }

  /** True for a user without a password, most often because a variable is not set in this shell. */
  get lacksPassword(): boolean {
    return this.#login.user !== '' && this.#login.password === '';
  }

  /** Reads the cookie file again. @returns true if the file has a new login, which the node may accept */
  renew(): boolean {
    const next = this.cookie?.read();
    if (!next || (next.user === this.#login.user && next.password === this.#login.password)) return false;
    this.#use(next);
    return true;
  }

  #use(login: Login): void {
    this.#login = login;
    const { user, password } = login;
    // A node, or another server in its place, may return the password in various encodings.
    const forms = [
      password,
      encodeURIComponent(password),
      toBase64(password),
      toBase64(password).replace(/=+$/, ''),
      toBase64(`${user}:${password}`),
    ];
    this.#secrets = [...this.#secrets, ...forms]
      .filter(secret => secret.length >= 3)
      .sort((a, b) => b.length - a.length);
  }

  get authorization(): string | null {
    const { user, password } = this.#login;
    return user === '' && password === '' ? null : `Basic ${toBase64(`${user}:${password}`)}`;
  }

  /** Returns this hint, or the hint to add the port if the URL has no port. */
  orPort(hint: string): string {
    return this.#lacksPort ? NO_PORT : hint;
  }

  /** Replaces the password in a text, in each of its encodings, by `***`. */
  redact(text: string): string {
    return this.#secrets.reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
  }
}

function toBase64(text: string): string {
  const bytes = utf8(text);
  return bytes.length < 10_000 ? bytesToBase64(bytes) : '';
}

function decodeUrlPart(part: string, what: 'user' | 'password'): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw invalidUrlRefusal(notEncodedText(what));
  }
  if (/[\x00-\x1f\x7f]/.test(text)) throw invalidUrlRefusal(controlCharacterText(what));
  if (text.length > 1000) throw invalidUrlRefusal(tooLongText(what, text.length));
  return text;
}

/**
 * @throws Refusal CONFIG_INVALID; the message never quotes the URL, because a malformed URL may contain a password too
 * @example parseEndpoint('http://ocean:p%40ss@127.0.0.1:8332').name; // '127.0.0.1:8332'
 */
export function parseEndpoint(text: string, given: Credentials = {}): Endpoint {
  // The URL parser silently drops white space and control characters, so a pasted line break would change the password.
  if (/[^\x21-\x7e]/.test(text)) throw invalidUrlRefusal(FAULTS.characters);
  if (text.length > 4000) throw invalidUrlRefusal(tooLongText('URL', text.length));
  if (/^["']/.test(text)) throw invalidUrlRefusal(FAULTS.quotes);
  if (/^[\w.-]+:\d+\/?$/.test(text)) throw invalidUrlRefusal(FAULTS.noScheme);
  if (!/^https?:\/\/[^/\\]/i.test(text)) throw invalidUrlRefusal(FAULTS.form);
  // A / ? or # that is not encoded in a password ends the host, so the request would go to another host.
  const authority = text.replace(/^https?:\/\//i, '').split(/[/?#\\]/)[0] as string;
  if (text.lastIndexOf('@') > text.indexOf('://') + 3 + authority.length) throw invalidUrlRefusal(FAULTS.at);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalidUrlRefusal(FAULTS.host);
  }
  if (url.search !== '' || url.hash !== '') throw invalidUrlRefusal(FAULTS.query);
  if (url.port === '0') throw invalidUrlRefusal(FAULTS.zero);
  const user = decodeUrlPart(url.username, 'user');
  if (user.includes(':')) throw invalidUrlRefusal(FAULTS.colon);
  const inUrl = decodeUrlPart(url.password, 'password');
  const password = inUrl !== '' ? inUrl : (given.password ?? '');
  if (/[\x00-\x1f\x7f]/.test(password)) throw invalidUrlRefusal(controlCharacterText('password'));
  if (given.cookie) return new Endpoint(url, NOBODY, given.cookie);
  if (password !== '' && user === '') throw invalidUrlRefusal(FAULTS.noUser);
  const isOpen = user === '' && isLocalHost(url.hostname);
  return new Endpoint(url, { user, password }, isOpen ? given.localCookie : undefined);
}
