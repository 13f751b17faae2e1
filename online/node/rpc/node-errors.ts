/** Errors that the node answers, as refusals. */
import { Refusal } from '../../../shared/errors.ts';
import { ELSEWHERE } from './texts/connection.ts';
import { meaningOfError, REFUSED, REPORT, type RejectKind } from './texts/meanings.ts';

export type { RejectKind } from './texts/meanings.ts';

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

const LONGEST = 200;

/** The node's text as one line of printable ASCII, cut to a limited length. */
export function cleanNodeMessage(message: string): string {
  const ascii = message
    .slice(0, 2 * LONGEST)
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return ascii.length > LONGEST ? `${ascii.slice(0, LONGEST)}...` : ascii;
}

/** An error with which the node answered. If no caller handles it, it is printed like any other refusal. */
export class NodeError extends Refusal {
  readonly method: string;
  readonly rpcCode: number;
  /** The node's message, cleaned by {@link cleanNodeMessage}. */
  readonly rpcMessage: string;

  /** @param message the node's text, from which the caller has removed the password */
  constructor(node: string, method: string, code: number, message: string) {
    const clean = cleanNodeMessage(message);
    const meaning = meaningOfError(code, clean || '-');
    const said = `(${code}${clean === '' ? '' : `, "${clean.replaceAll('"', "'")}"`})`;
    super(
      meaning?.as ?? 'NODE_REFUSED',
      `node ${node}: ${method}: ${meaning?.what ?? 'the node refuses the call'} ${said}`,
      meaning?.hint ?? REPORT,
    );
    this.method = method;
    this.rpcCode = code;
    this.rpcMessage = clean;
  }
}

/** The reason why the node refused a transaction, in the words of the node and in those of Countersign. */
export interface Rejection {
  code: number;
  /** The node's message, cleaned. */
  message: string;
  kind: RejectKind;
  /** Countersign's sentence about the reason, and the next step. */
  what: string;
  hint: string;
}

export function rejectionFrom(code: number, message: string): Rejection {
  const clean = cleanNodeMessage(message);
  const meaning = meaningOfError(code, clean || '-');
  return {
    code,
    message: clean,
    kind: meaning?.kind ?? 'other',
    what: meaning?.what ?? REFUSED,
    hint: meaning?.hint ?? REPORT,
  };
}

export function garbledRefusal(node: string, method: string, problem: string, hint = ELSEWHERE): Refusal {
  return new Refusal('NODE_GARBLED', `node ${node}: ${method}: ${problem}`, hint);
}
