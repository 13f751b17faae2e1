/** Converts the node's answers to Countersign's types, one function for each form. */

import type {
  BlockPosition,
  Coin,
  Outpoint,
  RawIssuance,
  Tip,
  UnspentCoin,
  Validated,
} from './answer-types.ts';
import type { ShapeReader } from './shape-reader.ts';

const MAX_U32 = 0xffff_ffff;
/** Largest index of an output. In a serialised transaction, the two highest bits of the index are flags. */
const MAX_INDEX = 0x3fff_ffff;

/**
 * @param info answer of getblockchaininfo
 * @param header answer of getblockheader for the best block
 */
export function readTip(info: ShapeReader, header: ShapeReader, peers: number | null): Tip {
  const height = info.member('blocks').integer();
  const hash = info.member('bestblockhash').id();
  const headers = info.member('headers').integer();
  const download = info.member('initialblockdownload');
  if (header.member('hash').id() !== hash) throw header.member('hash').fail(`the requested block, ${hash}`);
  if (header.member('height').integer() !== height)
    throw header.member('height').fail(`${height}, as in getblockchaininfo`);
  return {
    chain: info.member('chain').word(),
    height,
    hash,
    headers,
    time: header.member('time').integer(0, MAX_U32),
    medianTime: header.member('mediantime').integer(0, MAX_U32),
    initialDownload: download.isNull ? headers > height : download.boolean(),
    peers,
  };
}

/**
 * Reads `getblockheader`. For a block that left the best chain, the node reports -1 confirmations, and the
 * result is null.
 */
export function readBlockPosition(header: ShapeReader, hash: string): BlockPosition | null {
  if (header.member('hash').id() !== hash) throw header.member('hash').fail(`the requested block, ${hash}`);
  const confirmations = header.member('confirmations').integer(-1);
  if (confirmations < 1) return null;
  return {
    height: header.member('height').integer(),
    confirmations,
    time: header.member('time').integer(0, MAX_U32),
  };
}

/** Reads `gettxout`; null if there is no such coin. */
export function readCoin(out: ShapeReader, { txid, vout }: Outpoint): Coin | null {
  if (out.isNull) return null;
  return {
    txid,
    vout,
    asset: out.member('asset').id(),
    value: out.member('value').amount(),
    scriptPubKey: out.member('scriptPubKey').member('hex').hex(),
    confirmations: out.member('confirmations').integer(),
  };
}

/** Reads an entry of `listunspent`. */
export function readUnspentCoin(entry: ShapeReader, address: string): UnspentCoin {
  const at = entry.member('address');
  if (at.word() !== address) throw at.fail(`the requested address, ${address}`);
  return {
    txid: entry.member('txid').id(),
    vout: entry.member('vout').integer(0, MAX_INDEX),
    address,
    asset: entry.member('asset').id(),
    value: entry.member('amount').amount(),
    scriptPubKey: entry.member('scriptPubKey').hex(),
    confirmations: entry.member('confirmations').integer(),
  };
}

export function readRawIssuance(made: ShapeReader): RawIssuance {
  return {
    rawtx: made.member('rawtx').hex(),
    asset: made.member('asset').id(),
    token: made.member('token').id(),
    entropy: made.member('entropy').id(),
  };
}

export function readValidatedAddress(answer: ShapeReader): Validated {
  if (!answer.member('isvalid').boolean()) return { valid: false };
  return {
    valid: true,
    scriptPubKey: answer.member('scriptPubKey').hex(),
    isScript: answer.member('isscript').boolean(),
    mine: answer.member('ismine').boolean(),
    watched: answer.member('iswatchonly').boolean(),
  };
}
