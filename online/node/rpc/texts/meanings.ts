/** Meanings of the node's errors: of all recorded errors, and of errors in Bitcoin's `rpc/protocol.h`. */
import type { Code } from '../../../../shared/errors.ts';
import { RUN_AGAIN } from '../../../platform/texts.ts';

/** The reasons why a node refuses a transaction. Each has its own next step. */
export type RejectKind =
  | 'missing-inputs' // the node does not know the coin, for example because it was spent long ago
  | 'spent' // another transaction spends the coin
  | 'whitelist' // the node pays only whitelisted addresses
  | 'policy'
  | 'script' // signatures
  | 'other';

export interface Meaning {
  /** Short name of the meaning. */
  is: string;
  code: number;
  /** Pattern of the node's message. The first matching entry counts. */
  message: RegExp;
  what: string;
  hint: string;
  kind?: RejectKind;
  as?: Code;
}

const SYNC = `Wait until the node has caught up. ${RUN_AGAIN}`;
const VERSION = 'Check with `ocean-cli getnetworkinfo` that the node is an Ocean node of version 2.';
const SPENT =
  'Run `countersign coins list`. If another transaction spent the coin, this request can never confirm. In that case, prepare the assets of the request again after the request is abandoned.';
const SENT = 'Run the command again. Nothing is wrong: the command counts this transaction as sent.';
export const REPORT =
  'Run the command again with another node. If the error remains, report it: the node and this tool disagree.';
const WALLET =
  'Open the wallet with `ocean-cli loadwallet NAME`. `ocean-cli listwallets` prints the open wallets. Name the wallet in the URL of the node: http://user@host:port/wallet/NAME';
const ADDRESS = 'Check the address. Check that the node and the trust profile have the same network.';

export const REFUSED = 'the node refuses the transaction';

/** The first entry that matches gives the meaning. An entry with `code` 0 matches any code. */
const MEANINGS: readonly Meaning[] = [
  {
    is: 'starting',
    code: -28,
    message: /./,
    what: 'the node is still starting',
    hint: SYNC,
    as: 'NODE_SYNCING',
  },
  {
    is: 'downloading',
    code: -10,
    message: /./,
    what: 'the node is still downloading blocks',
    hint: SYNC,
    as: 'NODE_SYNCING',
  },
  {
    is: 'unconnected',
    code: -9,
    message: /./,
    what: 'the node is not connected to any other node',
    hint: 'Check the network of the node with `ocean-cli getpeerinfo`. Then run the command again.',
    as: 'NODE_SYNCING',
  },
  {
    is: 'in-a-block',
    code: -27,
    message: /./,
    what: 'the transaction is already in a block',
    hint: SENT,
  },
  {
    is: 'known-already',
    code: 0,
    message: /txn-already-known|txn-already-in-mempool/,
    what: 'the node already has this transaction',
    hint: SENT,
  },
  {
    is: 'not-whitelisted',
    code: 0,
    message: /non-whitelisted|not.whitelisted/i,
    what: 'the transaction pays an address that is not on the whitelist of the chain',
    hint: 'Get the receiving address added to the whitelist. Or prepare the asset with another address after this request is abandoned.',
    kind: 'whitelist',
  },
  {
    is: 'lists',
    code: 0,
    message: /freezelist|burnlist/,
    what: 'the freezelist or the burnlist of the node does not allow the transaction',
    hint: 'Send the transaction through another node, because each node has separate lists. Or ask the custodian to list the address.',
    kind: 'policy',
  },
  {
    is: 'other-asset',
    code: 0,
    message: /non-issuance-asset/,
    what: 'the transaction spends an output that is not of the policy asset',
    hint: 'Rebuild the list of coins with `countersign coins scan`. This request can never confirm. Prepare its assets again after it is abandoned.',
    kind: 'policy',
  },
  {
    is: 'signatures',
    code: 0,
    message: /script-verify-flag-failed|scriptsig|mandatory-script/i,
    what: 'the signatures of the transaction do not satisfy the script of the coin',
    hint: 'Ask the controllers of the trust profile to sign the request again.',
    kind: 'script',
  },
  {
    is: 'spent',
    code: 0,
    message: /inputs-spent|txn-mempool-conflict|double-spend/i,
    what: 'the coin of the transaction is already spent',
    hint: SPENT,
    kind: 'spent',
  },
  {
    is: 'missing-inputs',
    code: 0,
    message: /missing.?inputs/i,
    what: 'the coin of the transaction is unknown to the node, or was spent long ago',
    hint: SPENT,
    kind: 'missing-inputs',
  },
  {
    is: 'undecodable',
    code: -22,
    message: /./,
    what: 'the node cannot decode the transaction',
    hint: 'Fetch or prepare the transaction again: it was cut or changed on its way.',
  },
  {
    is: 'rule',
    code: -26,
    message: /^(66|64):|fee|dust|nonstandard|non-final|too-long-mempool-chain|mempool full/,
    what: 'a rule of the node or of the chain forbids the transaction',
    hint: 'Ask the operator of the node for this rule.',
    kind: 'policy',
  },
  { is: 'refused', code: -26, message: /./, what: REFUSED, hint: SPENT },
  {
    is: 'unverifiable',
    code: -25,
    message: /./,
    what: 'the node cannot verify the transaction',
    hint: SPENT,
  },
  {
    is: 'no-height',
    code: -8,
    message: /Block height out of range/,
    what: 'the node has no block at that height',
    hint: 'Wait a minute, then run the command again. The node is behind, or the last blocks were reorganised.',
  },
  {
    is: 'address',
    code: -5,
    message: /address|Invalid key id/i,
    what: 'the node does not accept the address',
    hint: ADDRESS,
  },
  {
    is: 'no-transaction',
    code: -5,
    message: /No such mempool (or blockchain )?transaction/,
    what: 'the node does not know the transaction',
    hint: 'If the transaction should be confirmed, start the node with txindex=1. Otherwise send it again with `countersign finalise`.',
  },
  {
    is: 'no-block',
    code: -5,
    message: /Block not found/,
    what: 'the node no longer knows the block',
    hint: 'Run the command again: the last blocks were reorganised.',
  },
  {
    is: 'key-known',
    code: -4,
    message: /private key/,
    what: 'the wallet of the node holds the key of the address',
    hint: 'Continue with the next step. Nothing is wrong: the node already watches the address.',
  },
  {
    is: 'pruned',
    code: -4,
    message: /prune/i,
    what: 'the node is pruned and cannot find older coins',
    hint: 'Use a node that keeps all blocks.',
  },
  {
    is: 'amount',
    code: -3,
    message: /Invalid amount/,
    what: 'the node does not accept the amount',
    hint: 'Check the masses and the coins: an amount has at most 8 decimals.',
  },
  {
    is: 'other-type',
    code: -3,
    message: /./,
    what: 'the node expects an argument of another type',
    hint: VERSION,
  },
  {
    is: 'disabled',
    code: -1,
    message: /no[tr]? enabled|disabled/,
    what: 'this feature is disabled on the node',
    hint: 'Ask the operator of the node to enable this feature.',
  },
  {
    is: 'arguments',
    code: -1,
    message: /./,
    what: 'the node does not accept these arguments',
    hint: VERSION,
  },
  {
    is: 'memory',
    code: -7,
    message: /./,
    what: 'the node is out of memory',
    hint: 'Free memory on the computer of the node. Then run the command again.',
  },
  {
    is: 'no-wallet',
    code: -18,
    message: /./,
    what: 'the node has no open wallet with this name',
    hint: WALLET,
  },
  {
    is: 'several-wallets',
    code: -19,
    message: /./,
    what: 'the node has several open wallets, and the URL of the node names none',
    hint: WALLET,
  },
  {
    is: 'database',
    code: -20,
    message: /./,
    what: 'the database of the node has an error',
    hint: 'Check the disk and the log of the node. The node may need -reindex.',
  },
  {
    is: 'no-method',
    code: -32601,
    message: /./,
    what: 'the node does not have this method',
    hint: `${VERSION} Wallet methods need a node with an enabled wallet.`,
  },
  {
    is: 'cut',
    code: -32700,
    message: /./,
    what: 'the call did not arrive completely',
    hint: 'Look for a proxy between this PC and the node. Then run the command again.',
  },
  { is: 'call', code: -32600, message: /./, what: 'the node does not accept the call', hint: VERSION },
];

/** The meaning of an error; undefined for an unknown error. */
export function meaningOfError(code: number, message: string): Meaning | undefined {
  return MEANINGS.find(m => (m.code === 0 || m.code === code) && m.message.test(message));
}
