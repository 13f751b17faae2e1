/** Meanings of the node's errors: all recorded ones, and those of Bitcoin's `rpc/protocol.h`. */
import { type Code, Refusal } from '../../../shared/errors.ts';

/** Codes of Bitcoin's `rpc/protocol.h` on which a command acts. */
export const CODE = {
  notFound: -5,
  outOfRange: -8,
  noMethod: -32601,
  decode: -22,
  verify: -25,
  rejected: -26,
  inChain: -27,
  noPeerToPeer: -31,
  wallet: -4,
  misc: -1,
};

/** The reasons for refused transactions that lead to different next steps. */
export type RejectKind =
  | 'missing-inputs' // the coin is unknown: never was, spent long ago, or this transaction itself is confirmed
  | 'spent' // another transaction spends the coin
  | 'whitelist' // the node pays only whitelisted addresses
  | 'policy'
  | 'script' // signatures
  | 'other';

interface Meaning {
  code: number;
  /** Pattern of the node's message. The first matching entry counts. */
  message: RegExp;
  what: string;
  hint: string;
  kind?: RejectKind;
  as?: Code;
}

const SYNC = 'Wait until the node has caught up, then repeat: every step is safe to repeat.';
const VERSION = 'Check that the node is an Ocean node of version 2 (`ocean-cli getnetworkinfo`).';
const SPENT =
  'Look at `countersign coins list`: if the coin is spent by another transaction, this request can never confirm, and its assets are prepared again once it is abandoned.';
const REPORT = 'The node and this tool disagree: repeat with another node, and report it if it stays so.';
const WALLET =
  'Open the wallet (`ocean-cli loadwallet NAME`; `ocean-cli listwallets` has those that are open), and name it in the URL of the node: http://user@host:port/wallet/NAME';
const ADDRESS = 'Check the address, and that the node is of the same network as the trust profile.';

/** The first matching entry counts. `code` 0 matches any code. */
const MEANINGS: readonly Meaning[] = [
  { code: -28, message: /./, what: 'it is still starting', hint: SYNC, as: 'NODE_SYNCING' },
  { code: -10, message: /./, what: 'it is still downloading blocks', hint: SYNC, as: 'NODE_SYNCING' },
  {
    code: -9,
    message: /./,
    what: 'it is not connected to any other node',
    hint: 'Check the network of the node (`ocean-cli getpeerinfo`), then repeat.',
    as: 'NODE_SYNCING',
  },
  {
    code: -27,
    message: /./,
    what: 'the transaction is in a block already',
    hint: 'Nothing is wrong: repeat the command, it takes this as sent.',
  },
  {
    code: 0,
    message: /txn-already-known|txn-already-in-mempool/,
    what: 'the node has this transaction already',
    hint: 'Nothing is wrong: repeat the command, it takes this as sent.',
  },
  {
    code: 0,
    message: /non-whitelisted|not.whitelisted/i,
    what: 'it pays an address that is not on the whitelist of the chain',
    hint: 'Have the receiving address whitelisted, or prepare the asset with another address once this request is abandoned.',
    kind: 'whitelist',
  },
  {
    code: 0,
    message: /freezelist|burnlist/,
    what: 'its freezelist or its burnlist does not allow it',
    hint: 'Each node has lists of its own: send it at another node, or ask the custodian to list the address.',
    kind: 'policy',
  },
  {
    code: 0,
    message: /non-issuance-asset/,
    what: 'the coin that it spends is not of the policy asset',
    hint: 'Rebuild the list of coins with `countersign coins scan`; this request can never confirm, its assets are prepared again once it is abandoned.',
    kind: 'policy',
  },
  {
    code: 0,
    message: /script-verify-flag-failed|scriptsig|mandatory-script/i,
    what: 'its signatures do not satisfy the script of the coin',
    hint: 'Have the request signed again by the controllers of the trust profile.',
    kind: 'script',
  },
  {
    code: 0,
    message: /inputs-spent|txn-mempool-conflict|double-spend/i,
    what: 'its coin is spent already',
    hint: SPENT,
    kind: 'spent',
  },
  {
    code: 0,
    message: /missing.?inputs/i,
    what: 'its coin is unknown to the node, or was spent long ago',
    hint: SPENT,
    kind: 'missing-inputs',
  },
  {
    code: -22,
    message: /./,
    what: 'it cannot decode the transaction',
    hint: 'The transaction was cut or changed on its way: fetch or prepare it again.',
  },
  {
    code: -26,
    message: /^(66|64):|fee|dust|nonstandard|non-final|too-long-mempool-chain|mempool full/,
    what: 'a rule of the node or of the chain forbids it',
    hint: 'Ask the operator of the node what the rule is.',
    kind: 'policy',
  },
  { code: -26, message: /./, what: 'it refuses the transaction', hint: SPENT },
  { code: -25, message: /./, what: 'it cannot verify the transaction', hint: SPENT },
  {
    code: -8,
    message: /Block height out of range/,
    what: 'it has no block at that height',
    hint: 'The node is behind, or the last blocks were reorganised: wait a minute, then repeat.',
  },
  { code: -5, message: /address|Invalid key id/i, what: 'it does not take the address', hint: ADDRESS },
  {
    code: -5,
    message: /No such mempool (or blockchain )?transaction/,
    what: 'it does not know the transaction',
    hint: 'If it should be confirmed, start the node with txindex=1; if not, send it again with `countersign finalise`.',
  },
  {
    code: -5,
    message: /Block not found/,
    what: 'it does not know the block any more',
    hint: 'The last blocks were reorganised: repeat the command.',
  },
  {
    code: -4,
    message: /private key/,
    what: 'its wallet holds the key of the address',
    hint: 'Nothing is wrong: the address is watched already.',
  },
  {
    code: -4,
    message: /prune/i,
    what: 'it is pruned and cannot look for older coins',
    hint: 'Use a node that keeps all blocks.',
  },
  {
    code: -3,
    message: /Invalid amount/,
    what: 'it does not take the amount',
    hint: 'Amounts have at most 8 decimals: check the masses and the coins.',
  },
  { code: -3, message: /./, what: 'it expects an argument of another type', hint: VERSION },
  {
    code: -1,
    message: /no[tr]? enabled|disabled/,
    what: 'this feature is switched off there',
    hint: 'Ask the operator of the node to switch it on.',
  },
  { code: -1, message: /./, what: 'it does not take these arguments', hint: VERSION },
  {
    code: -7,
    message: /./,
    what: 'it is out of memory',
    hint: 'Free memory on the computer of the node, then repeat.',
  },
  { code: -18, message: /./, what: 'it has no such wallet open', hint: WALLET },
  { code: -19, message: /./, what: 'it has several wallets open, and the URL names none', hint: WALLET },
  {
    code: -20,
    message: /./,
    what: 'its database has an error',
    hint: 'Check the disk and the log of the node; it may need -reindex.',
  },
  {
    code: -32601,
    message: /./,
    what: 'it does not have this method',
    hint: `${VERSION} Wallet methods need a node with its wallet switched on.`,
  },
  {
    code: -32700,
    message: /./,
    what: 'the question did not arrive whole',
    hint: 'Look for a proxy in between, then repeat.',
  },
  { code: -32600, message: /./, what: 'it does not take the question', hint: VERSION },
];

function find(code: number, message: string): Meaning | undefined {
  return MEANINGS.find(m => (m.code === 0 || m.code === code) && m.message.test(message));
}

const LONGEST = 200;

/** The node's text as one line of printable ASCII of bounded length. */
export function cleanMessage(message: string): string {
  const ascii = message
    .slice(0, 2 * LONGEST)
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return ascii.length > LONGEST ? `${ascii.slice(0, LONGEST)}...` : ascii;
}

/** An error that the node answered. If not caught, it is printed like any other refusal. */
export class NodeError extends Refusal {
  readonly method: string;
  readonly rpcCode: number;
  /** Cleaned by {@link cleanMessage}. */
  readonly rpcMessage: string;

  /** @param message the node's text, from which the caller has removed the password */
  constructor(node: string, method: string, code: number, message: string) {
    const clean = cleanMessage(message);
    const meaning = find(code, clean || '-');
    const said = `(${code}${clean === '' ? '' : `, "${clean.replaceAll('"', "'")}"`})`;
    super(
      meaning?.as ?? 'NODE_REFUSED',
      `node ${node}: ${method}: ${meaning?.what ?? 'the node refuses'} ${said}`,
      meaning?.hint ?? REPORT,
    );
    this.method = method;
    this.rpcCode = code;
    this.rpcMessage = clean;
  }
}

/** The reason why a transaction was refused, from the node and in our words. */
export interface Rejection {
  code: number;
  /** The node's message, cleaned. */
  message: string;
  kind: RejectKind;
  /** A sentence with the reason, and the next step. */
  what: string;
  hint: string;
}

export function rejection(code: number, message: string): Rejection {
  const clean = cleanMessage(message);
  const meaning = find(code, clean || '-');
  return {
    code,
    message: clean,
    kind: meaning?.kind ?? 'other',
    what: meaning?.what ?? 'it refuses the transaction',
    hint: meaning?.hint ?? REPORT,
  };
}

export const ELSEWHERE =
  'Check host and port of the node: something else answers there, or a proxy stands in between.';

export function garbled(node: string, method: string, problem: string, hint = ELSEWHERE): Refusal {
  return new Refusal('NODE_GARBLED', `node ${node}: ${method}: ${problem}`, hint);
}
