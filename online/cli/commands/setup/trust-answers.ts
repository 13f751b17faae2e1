/**
 * Questions of `trust create` at a terminal. Each answer is checked at once. All answers are shown before a
 * file is written.
 */
import { resolve } from 'node:path';
import { parseAddress } from '../../../../shared/address.ts';
import { parseAmount } from '../../../../shared/amount.ts';
import { hexToBytes } from '../../../../shared/bytes.ts';
import { isPublicKey } from '../../../../shared/ecdsa.ts';
import { NETWORKS, type Network, networkByName } from '../../../../shared/networks.ts';
import { MAX_CONTROLLERS } from '../../../../shared/output-scripts.ts';
import { readInput } from '../../../platform/files.ts';
import type { World } from '../../../platform/world.ts';
import { secretKind } from '../../../transfer/qr/secret-files.ts';
import { askInOrder, GoBackError, getCheckedAnswer } from './ask-answers.ts';
import {
  keyOfAnotherRefusal,
  largestMassTooSmallRefusal,
  notACountRefusal,
  notAKeyRefusal,
  notAnAssetIdRefusal,
  notAPointRefusal,
  secretGivenRefusal,
} from './texts/check-results.ts';
import {
  BACK_TEXT,
  type CORRECTIONS,
  COUNT,
  keyQuestion,
  massQuestion,
  networkQuestion,
  POLICY_ASSET,
  REISSUANCE_ADDRESS,
  requiredQuestion,
} from './texts/questions.ts';

/** Values given by flags. A person is asked for all other values. */
export interface TrustFlags {
  network: string | undefined;
  controllers: readonly string[] | undefined;
  required: string | undefined;
  policyAsset: string | undefined;
  reissuanceAddress: string | undefined;
}

const MAX_KEY_FILE = 4096;
const KEY_FLAG = '--controller PUB';
const KEY_FORM = /^0[23][0-9a-f]{64}$/;

/**
 * Reads a public key. Also accepts a file with the output of `signer public-key`.
 * @throws Refusal FIELD_INVALID, FILE_MISSING
 */
function readTypedKey(world: World, typed: string): string {
  const text = typed.toLowerCase();
  if (KEY_FORM.test(text)) return text;
  const isHex = /^[0-9a-f]{60,70}$/.test(text);
  const file = isHex ? new Uint8Array() : readInput(resolve(world.cwd, typed), MAX_KEY_FILE);
  const secret = secretKind(file);
  if (secret !== null) throw secretGivenRefusal(typed, secret);
  const found = findPublicKeys(file);
  if (found.length === 1) return found[0] as string;
  throw notAKeyRefusal(typed);
}

const findPublicKeys = (bytes: Uint8Array): string[] => [
  ...new Set(new TextDecoder().decode(bytes).match(/\b0[23][0-9a-f]{64}\b/g) ?? []),
];

function checkDistinctValidKey(key: string, others: readonly string[]): void {
  const first = others.indexOf(key) + 1;
  if (first > 0) throw keyOfAnotherRefusal(first, key);
  if (!isPublicKey(hexToBytes(key, 'public key', 33))) throw notAPointRefusal(key);
}

function checkTypedCount(what: string, typed: string, least: number, most: number): void {
  const count = /^[0-9]{1,2}$/.test(typed) ? Number(typed) : 0;
  if (count < least || count > most) throw notACountRefusal(what, least, most, typed);
}

export interface Answered {
  network: string;
  controllers: readonly string[];
  required: string;
  policyAsset: string;
  reissuanceAddress: string;
  massMin: string;
  massMax: string;
}

/** Names of the answers, in the order of the questions. */
const ANSWERS = [
  ...(['network', 'controllers', 'required', 'policyAsset', 'reissuanceAddress'] as const),
  ...(['massMin', 'massMax'] as const),
];

/**
 * For each word with which a person names a wrong answer: this answer, and the answers that depend on it. The
 * person is asked for all of these answers again.
 */
const ASKED_AGAIN: Record<(typeof CORRECTIONS)[number], readonly (keyof Answered)[]> = {
  network: ['network', 'reissuanceAddress'],
  keys: ['controllers', 'required'],
  required: ['required'],
  asset: ['policyAsset'],
  address: ['reissuanceAddress'],
  mass: ['massMin', 'massMax'],
};

/** During a correction there are no default values, because Enter repeats the earlier answer. */
const NO_DEFAULTS = { min: '', max: '' };

export class ProfileAnswers {
  private readonly got: Partial<Answered> = {};
  private readonly world: World;
  private readonly maySplit: boolean;
  private isGiven: readonly boolean[] = [];
  private questions: readonly (() => Promise<void>)[] = [];

  /** @param maySplit true to permit a policy under which two disjoint groups of controllers can each sign */
  constructor(world: World, maySplit: boolean) {
    this.world = world;
    this.maySplit = maySplit;
  }

  private async ask(
    given: string | undefined,
    flag: string,
    text: { about: string; prompt: string },
    check: (typed: string) => void,
    before?: string,
  ): Promise<string> {
    const takesFile = flag === KEY_FLAG;
    const checked = (typed: string): null => {
      check(typed);
      return null;
    };
    const question = { flag, ...text, before, takesFile, check: checked };
    const [typed] = await getCheckedAnswer<null>(this.world, given, question);
    return typed;
  }

  private keep(name: keyof Answered, value: () => Promise<string | readonly string[]>): () => Promise<void> {
    return async () => void Object.assign(this.got, { [name]: await value() });
  }

  /**
   * @param given values given by flags, for which nobody is asked
   * @param mass default limits for the mass of a bar
   */
  private questionsFor(
    given: Partial<TrustFlags>,
    mass: { min: string; max: string },
  ): Record<keyof Answered, () => Promise<void>> {
    return {
      network: this.keep('network', () => this.askNetwork(given.network)),
      controllers: this.keep('controllers', async () => given.controllers ?? this.askKeys()),
      required: this.keep('required', () => this.askRequired(given.required)),
      policyAsset: this.keep('policyAsset', () => this.askAsset(given.policyAsset)),
      reissuanceAddress: this.keep('reissuanceAddress', () => this.askAddress(given.reissuanceAddress)),
      massMin: this.keep('massMin', () => this.askMass('smallest', mass.min)),
      massMax: this.keep('massMax', () => this.askMass('largest', mass.max)),
    };
  }

  /** @param mass default limits for the mass of a bar */
  async all(flags: TrustFlags, mass: { min: string; max: string }): Promise<Answered> {
    this.world.stderr.write(BACK_TEXT);
    const questions = this.questionsFor(flags, mass);
    const given: Partial<Record<keyof Answered, unknown>> = flags;
    this.isGiven = ANSWERS.map(name => given[name] !== undefined);
    this.questions = ANSWERS.map(name => questions[name]);
    await askInOrder(this.world, this.isGiven, this.questions);
    return this.got as Answered;
  }

  /** Asks the last question again. At this question, `back` leads to the earlier questions. */
  async backToLast(): Promise<void> {
    await askInOrder(this.world, this.isGiven, this.questions, this.questions.length - 1);
  }

  /**
   * Asks again for one answer, and for the answers that depend on it. Enter repeats an earlier answer.
   * @param what a word of `CORRECTIONS`, or the number of a controller
   * @returns false if there is no such answer
   * @throws GoBackError if the person types `back`
   */
  async correct(what: string): Promise<boolean> {
    const { controllers = [] } = this.got;
    const number = /^[0-9]{1,2}$/.test(what) ? Number(what) : 0;
    const questions = {
      ...this.questionsFor({}, NO_DEFAULTS),
      controllers: this.keep('controllers', () => this.askKeys([])),
    };
    const isKey = number >= 1 && number <= controllers.length;
    const isWord = (word: string): word is keyof typeof ASKED_AGAIN => Object.hasOwn(ASKED_AGAIN, word);
    if (isKey) await this.keep('controllers', () => this.replacedKey(controllers, number))();
    else if (isWord(what)) for (const name of ASKED_AGAIN[what]) await questions[name]();
    return isKey || isWord(what);
  }

  private async replacedKey(controllers: readonly string[], number: number): Promise<string[]> {
    const key = await this.askKey(
      number,
      controllers.map((other, i) => (i + 1 === number ? '' : other)),
    );
    return controllers.map((other, i) => (i + 1 === number ? key : other));
  }

  private askNetwork(given: string | undefined): Promise<string> {
    const text = networkQuestion(NETWORKS.map(({ name }) => name));
    const check = (typed: string) => {
      if (!typed.startsWith('{')) networkByName(typed);
    };
    return this.ask(given, '--network N', text, check, this.got.network);
  }

  /**
   * Asks for the keys. `back` returns to the previous key, and from the first key to the number of keys. If a
   * person comes back from a later question, only the last key is asked for again.
   */
  private async askKeys(typed = this.got.controllers ?? []): Promise<string[]> {
    const keys = typed.slice(0, -1);
    for (let m = typed.length || (await this.askCount()); keys.length < m; ) {
      try {
        keys.push(await this.askKey(keys.length + 1, keys));
      } catch (error) {
        if (!(error instanceof GoBackError)) throw error;
        if (keys.pop() === undefined) m = await this.askCount();
      }
    }
    return keys;
  }

  private async askCount(): Promise<number> {
    const count = await this.ask(undefined, KEY_FLAG, COUNT, typed =>
      checkTypedCount('controllers', typed, 1, MAX_CONTROLLERS),
    );
    return Number(count);
  }

  private async askKey(number: number, others: readonly string[]): Promise<string> {
    // The key is kept after its check, because the file could change before a second read.
    let key = '';
    const typed = await this.ask(undefined, KEY_FLAG, keyQuestion(number), typed => {
      key = readTypedKey(this.world, typed);
      checkDistinctValidKey(key, others);
    });
    if (key !== typed.toLowerCase()) this.world.stderr.write(`  ${key}\n`);
    return key;
  }

  private askRequired(given: string | undefined): Promise<string> {
    const m = this.got.controllers?.length ?? 0;
    const least = this.maySplit ? 1 : Math.floor(m / 2) + 1;
    const check = (typed: string) => checkTypedCount('required', typed, least, m);
    return this.ask(given, '--required N', requiredQuestion(least, m), check, this.got.required);
  }

  private askAsset(given: string | undefined): Promise<string> {
    const check = (typed: string) => {
      if (!/^[0-9a-f]{64}$/.test(typed)) throw notAnAssetIdRefusal(typed);
    };
    return this.ask(given, '--policy-asset HEX', POLICY_ASSET, check, this.got.policyAsset);
  }

  private askAddress(given: string | undefined): Promise<string> {
    const check = (typed: string) =>
      void parseAddress(parseNetwork(this.got.network ?? ''), typed, 'reissuance address');
    const { reissuanceAddress } = this.got;
    return this.ask(given, '--reissuance-address A', REISSUANCE_ADDRESS, check, reissuanceAddress);
  }

  private askMass(which: 'smallest' | 'largest', offered: string): Promise<string> {
    const { massMin = '0', massMax } = this.got;
    const [flag, earlier] =
      which === 'smallest' ? ['--mass-min M', this.got.massMin] : ['--mass-max M', massMax];
    const check = (typed: string) => {
      const atoms = parseAmount(typed, 'mass', 3);
      if (which === 'largest' && atoms < parseAmount(massMin, 'mass', 3))
        throw largestMassTooSmallRefusal(massMin, typed);
    };
    return this.ask(undefined, flag, massQuestion(which), check, earlier ?? offered);
  }
}

/**
 * A known network by its name, or a custom network from its JSON. The version bytes of a custom network are
 * checked later, with the whole profile.
 */
function parseNetwork(text: string): Network {
  return text.startsWith('{') ? (JSON.parse(text) as Network) : networkByName(text);
}
