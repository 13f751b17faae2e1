/** The entries of the ledger: their members, and their bytes in the store. */
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import { utf8 } from '../../shared/bytes.ts';
import { MAX_BURNS, MAX_CORRECTIONS, MAX_REDEMPTIONS } from '../../shared/changes.ts';
import { addPlaceToMessage, Refusal } from '../../shared/errors.ts';
import { type JsonValue, readJson } from '../../shared/json.ts';
import { checkField, Fields } from '../../shared/json-fields.ts';
import { MAX_CONTROLLERS } from '../../shared/output-scripts.ts';
import { MAX_HEIGHT } from '../../shared/token-schedule.ts';
import type { PolicyCoin } from './policy-coin.ts';
import { entryInvalidRefusal } from './texts.ts';

/** Digests, asset ids and transaction ids have 64 hex digits. Coins are named `txid:vout`. */
export type LedgerEvent =
  /** The first entry: digests of the first mapping (empty, or published by an older tool) and the trust profile. */
  | { event: 'begin'; mapping: string; trust: string }
  /**
   * Policy coins that a scan of the node found, in the order of `ptxo.dat`. `respent` lists reserved coins that another
   * transaction spent in a block. The reservations of these coins end, and no later entry lists the coins.
   */
  | { event: 'coins'; coins: readonly PolicyCoin[]; respent?: readonly string[] }
  /** Opens a proposal that changes the mapping `base`. `reserves`: for each bar's reference, its reserved coin. */
  | {
      event: 'propose';
      request: string;
      base: string;
      height: number;
      reserves: Readonly<Record<string, string>>;
    }
  /**
   * Permits sending the proposal's transactions with the signatures of these controllers. If the proposal has no
   * transactions, permits its publication.
   */
  | { event: 'send'; request: string; controllers: readonly number[] }
  /** `unsigned` is true if nobody signed the request. Then the reservations that began with the request end. */
  | { event: 'abandon'; request: string; unsigned: boolean }
  /**
   * `transactions` has asset ids as keys, and `burns` has the burnt outputs as keys. `corrected`: for each corrected
   * bar's old reference, its new reference; null if the bar was removed.
   */
  | {
      event: 'publish';
      request: string;
      mapping: string;
      transactions: Readonly<Record<string, Confirmed>>;
      burns?: Readonly<Record<string, CountedBurn>>;
      corrected?: Readonly<Record<string, string | null>>;
    }
  /**
   * Makes a mapping current that another tool published. `settled` lists the references whose reservations end.
   * `dropped` has the bars that only the previous mapping has: for each reference, the asset id.
   */
  | {
      event: 'adopt';
      mapping: string;
      settled: readonly string[];
      dropped?: Readonly<Record<string, string>>;
    };

/** The transaction and block that confirmed an asset's issuance. */
export interface Confirmed {
  txid: string;
  height: number;
}

/** A burnt output that was counted: for which bar, and at which heights. */
export interface CountedBurn {
  /** Reference of the redeemed bar. */
  bar: string;
  /** Redemption height. */
  height: number;
  /** Height of the block that contains the output. */
  block: number;
}

export interface LedgerEntry {
  /** Number of the entry, from 0. */
  number: number;
  /** SHA-256 of the previous entry's bytes; 64 zeros for the first entry. */
  previous: string;
  /** ISO 8601, UTC. For people; no decision depends on it. */
  time: string;
  event: LedgerEvent;
}

export const MAX_ENTRY_BYTES = 1024 * 1024;
export const FIRST_PREVIOUS = '0'.repeat(64);
/** An entry's key in the store has eight digits for its number. */
const MAX_ENTRIES = 100_000_000;
const MAX_COINS = 10_000;
const MAX_BARS = 1000;
const TYPE = 'countersign/ledger';
/** An output, `txid:vout`. */
const OUTPUT = /^[0-9a-f]{64}:(0|[1-9][0-9]{0,9})$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

/** An object with this one member, or an empty object if the member would be empty. */
const memberUnlessEmpty = (name: string, record: Readonly<Record<string, unknown>> = {}) =>
  Object.keys(record).length > 0 ? { [name]: record } : {};

function eventAsJson(event: LedgerEvent): object {
  if (event.event === 'coins') {
    const { respent = [], ...rest } = event;
    const coins = event.coins.map(({ txid, vout, amount }) => ({ txid, vout, amount: formatAmount(amount) }));
    return { ...rest, coins, ...(respent.length > 0 ? { respent } : {}) };
  }
  if (event.event === 'adopt') {
    const { dropped, ...rest } = event;
    return { ...rest, ...memberUnlessEmpty('dropped', dropped) };
  }
  if (event.event === 'publish') {
    const { burns, corrected, ...rest } = event;
    return { ...rest, ...memberUnlessEmpty('burns', burns), ...memberUnlessEmpty('corrected', corrected) };
  }
  if (event.event !== 'abandon') return event;
  const { unsigned, ...rest } = event;
  return unsigned ? event : rest;
}

/** Bytes of an entry: one line of JSON. */
export function entryBytes({ number, previous, time, event }: LedgerEntry): Uint8Array {
  return utf8(
    `${JSON.stringify({ type: TYPE, version: 1, number, previous, time, ...eventAsJson(event) })}\n`,
  );
}

const MEMBERS: Record<LedgerEvent['event'], readonly string[]> = {
  begin: ['mapping', 'trust'],
  coins: ['coins', 'respent?'],
  propose: ['request', 'base', 'height', 'reserves'],
  send: ['request', 'controllers'],
  abandon: ['request', 'unsigned?'],
  publish: ['request', 'mapping', 'transactions', 'burns?', 'corrected?'],
  adopt: ['mapping', 'settled', 'dropped?'],
};

/** Reads a member whose value is an object with arbitrary keys, such as references. Each key must match `pattern`. */
function readObjectMember<T>(
  fields: Fields,
  name: string,
  pattern: RegExp,
  read: (record: Fields, key: string) => T,
  max = MAX_BARS,
): Record<string, T> {
  const value = fields.value(name);
  checkField(
    value instanceof Map && value.size <= max,
    fields.at(name),
    `an object of at most ${max} members`,
    value,
  );
  const keys = [...value.keys()];
  for (const key of keys)
    checkField(pattern.test(key), fields.at(name), `keys of the form ${pattern.source}`, key);
  const record = new Fields(value, fields.at(name), keys);
  return Object.fromEntries(keys.map(key => [key, read(record, key)]));
}

function readCoin(value: JsonValue, path: string): PolicyCoin {
  const coin = new Fields(value, path, ['txid', 'vout', 'amount']);
  return {
    txid: coin.hex('txid', 32),
    vout: coin.integer('vout', 0, 0x3fff_ffff),
    amount: parseAmount(coin.text('amount'), coin.at('amount')),
  };
}

function readControllers(fields: Fields): number[] {
  const controllers = fields.list('controllers', 1, MAX_CONTROLLERS).map(value => {
    const index = Number(
      new Fields(new Map([['index', value]]), 'controllers', ['index']).integer('index', 1, MAX_CONTROLLERS),
    );
    return index;
  });
  const ordered = controllers.every((c, i) => i === 0 || c > (controllers[i - 1] as number));
  checkField(ordered, 'controllers', 'each controller once, in ascending order', controllers.join(', '));
  return controllers;
}

function readTextList(fields: Fields, name: string, max: number, pattern: RegExp): string[] {
  return fields.list(name, 0, max).map(one => {
    checkField(
      typeof one === 'string' && pattern.test(one),
      name,
      `texts of the form ${pattern.source}`,
      one,
    );
    return one as string;
  });
}

const HEX = /^[0-9a-f]{64}$/;
/** A bar's reference. Older references have another order of parts, so only length and characters are checked. */
const REFERENCE = /^[\x20-\x7e]{1,64}$/;
/** Mappings of older tools permit any text as a reference. */
const ANY_REFERENCE = /^[\s\S]+$/;
/** Largest number of dropped bars. The size limit of an entry permits fewer. */
const MAX_DROPPED = 20_000;

const readBurns = (fields: Fields): Record<string, CountedBurn> =>
  readObjectMember(
    fields,
    'burns',
    OUTPUT,
    (record, key) => {
      const one = record.object(key, ['bar', 'height', 'block']);
      const [height, block] = [one.integer('height', 0, MAX_HEIGHT), one.integer('block', 0, MAX_HEIGHT)];
      return { bar: one.text('bar', REFERENCE), height, block };
    },
    MAX_REDEMPTIONS * MAX_BURNS,
  );

function readCorrectedBars(fields: Fields): Record<string, string | null> {
  const read = (r: Fields, key: string) => (r.value(key) === null ? null : r.text(key, REFERENCE));
  return readObjectMember(fields, 'corrected', REFERENCE, read, MAX_CORRECTIONS);
}

function readEvent(name: LedgerEvent['event'], f: Fields): LedgerEvent {
  switch (name) {
    case 'begin':
      return { event: name, mapping: f.hex('mapping', 32), trust: f.hex('trust', 32) };
    case 'coins':
      return {
        event: name,
        coins: f.list('coins', 0, MAX_COINS).map((coin, i) => readCoin(coin, `coins[${i}]`)),
        respent: f.value('respent') === undefined ? [] : readTextList(f, 'respent', MAX_COINS, OUTPUT),
      };
    case 'propose': {
      const reserves = readObjectMember(f, 'reserves', REFERENCE, (r, key) =>
        r.text(key, OUTPUT, 'a coin, txid:vout'),
      );
      const height = f.integer('height', 0, MAX_HEIGHT);
      return { event: name, request: f.hex('request', 32), base: f.hex('base', 32), height, reserves };
    }
    case 'send':
      return { event: name, request: f.hex('request', 32), controllers: readControllers(f) };
    case 'abandon': {
      const unsigned = f.value('unsigned');
      checkField(
        unsigned === undefined || unsigned === true,
        'unsigned',
        'true, or no member unsigned',
        unsigned,
      );
      return { event: name, request: f.hex('request', 32), unsigned: unsigned === true };
    }
    case 'publish': {
      const transactions = readObjectMember(f, 'transactions', HEX, (record, key) => {
        const one = record.object(key, ['txid', 'height']);
        return { txid: one.hex('txid', 32), height: one.integer('height', 0, MAX_HEIGHT) };
      });
      const burns = f.value('burns') === undefined ? {} : readBurns(f);
      const corrected = f.value('corrected') === undefined ? {} : readCorrectedBars(f);
      return {
        event: name,
        request: f.hex('request', 32),
        mapping: f.hex('mapping', 32),
        transactions,
        burns,
        corrected,
      };
    }
    case 'adopt': {
      const settled = readTextList(f, 'settled', MAX_BARS * 100, REFERENCE);
      const dropped =
        f.value('dropped') === undefined
          ? {}
          : readObjectMember(f, 'dropped', ANY_REFERENCE, (record, key) => record.hex(key, 32), MAX_DROPPED);
      return { event: name, mapping: f.hex('mapping', 32), settled, dropped };
    }
  }
}

/** @throws Refusal OBJECT_INVALID, naming `key` and the member */
export function readEntry(bytes: Uint8Array, key: string): LedgerEntry {
  try {
    const value = readJson(bytes, key, MAX_ENTRY_BYTES);
    const found = value instanceof Map ? value.get('event') : undefined;
    const name =
      typeof found === 'string' && Object.hasOwn(MEMBERS, found)
        ? (found as LedgerEvent['event'])
        : undefined;
    const known = ['number', 'previous', 'time', 'event', ...(name ? MEMBERS[name] : [])];
    if (name === undefined) checkField(value instanceof Map, 'the file', 'an object', value);
    checkField(name !== undefined, 'event', Object.keys(MEMBERS).join(', '), found);
    const fields = Fields.file(value, TYPE, known);
    return {
      number: fields.integer('number', 0, MAX_ENTRIES - 1),
      previous: fields.hex('previous', 32),
      time: fields.text('time', TIME, 'a time, ISO 8601 in UTC'),
      event: readEvent(name, fields),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A message about the whole file already begins with the key. Other messages get the key here.
    const isNamed = error.message.startsWith(`${key}: `);
    throw entryInvalidRefusal(isNamed ? error.message : (addPlaceToMessage(key, error) as Refusal).message);
  }
}
