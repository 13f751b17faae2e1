/**
 * Describes a file that is shown as codes, or was read from codes. Uses the strict readers of the commands.
 */
import { barsOfChanges, type Changes, kindOfChange } from '../../../../shared/changes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { fileKind } from '../../../../shared/file-kind.ts';
import { readJson } from '../../../../shared/json.ts';
import { MAX_FILE } from '../../../../shared/qr/frame-reader.ts';
import { readRequest } from '../../../../shared/request.ts';
import { reviewCode } from '../../../../shared/review-code.ts';
import { readSignatures } from '../../../../shared/signatures.ts';
import { readTrust } from '../../../../shared/trust.ts';

export interface Description {
  type: 'request' | 'signatures' | 'trust';
  /** One sentence for a person. */
  sentence: string;
  reviewCode: string;
  /** A file name that begins with the part in which names differ, because screens cut long names. */
  name: string;
}

/** What the request does, in words that follow `to` in a sentence. */
function requestActionText(request: Changes): string {
  const { length } = barsOfChanges(request);
  const many = (noun: string) => `${length} ${noun}${length === 1 ? '' : 's'}`;
  switch (kindOfChange(request)) {
    case 'issuances':
      return `issue tokens for ${many('asset')}`;
    case 'redemptions':
      return `redeem ${many('bar')}`;
    case 'corrections':
      return `correct ${many('bar')} of the mapping`;
  }
}

/**
 * @throws {Refusal} FORMAT_INVALID for a file of another kind; FORMAT_INVALID, FIELD_INVALID, … for an
 * invalid file
 */
export function describeFileContent(bytes: Uint8Array): Description {
  const value = readJson(bytes, 'file', MAX_FILE);
  const type = value instanceof Map ? value.get('type') : undefined;
  if (type === 'countersign/request') {
    const request = readRequest(bytes);
    const { network, height, reviewCode: code } = request;
    const sentence = `A request to ${requestActionText(request)} on ${network} at height ${height}.`;
    return { type: 'request', sentence, reviewCode: code, name: `request-${code.slice(0, 4)}.json` };
  }
  if (type === 'countersign/signatures') {
    const { request, controller, transactions } = readSignatures(bytes);
    const code = reviewCode(request);
    const { length } = transactions;
    const issuances = length === 0 ? '' : ` and ${length} ${length === 1 ? 'issuance' : 'issuances'}`;
    const sentence = `Signatures of controller ${controller} for the mapping${issuances} of the request with this review code.`;
    return {
      type: 'signatures',
      sentence,
      reviewCode: code,
      name: `sign-${code.slice(0, 4)}-${controller}.json`,
    };
  }
  if (type === 'countersign/trust') {
    const { n, m, network, reviewCode: code } = readTrust(bytes);
    const sentence = `A trust profile for ${network.name}: ${n} of ${m} controllers must sign.`;
    return { type: 'trust', sentence, reviewCode: code, name: `trust-${code.slice(0, 4)}.json` };
  }
  const message =
    'type: expected countersign/request, countersign/signatures or countersign/trust, got another type';
  throw new Refusal('FORMAT_INVALID', message, 'Give a file that countersign or signer wrote.');
}

/**
 * The description; null for a file of another kind, and for an invalid file. Such a file may be transferred
 * too, because the receiver checks every file.
 */
export function describeIfKnown(file: Uint8Array): Description | null {
  try {
    return describeFileContent(file);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The sentence for a file of another kind. It names the kind, if the kind is recognised. */
export function foreignFileText(file: Uint8Array): string {
  const kind = fileKind(file);
  if (/^(a request|a signatures file|a trust profile)$/.test(kind ?? ''))
    return `This file begins like ${kind}, but was cut or changed.`;
  return `This file is ${kind === null ? '' : `${kind}, and `}not a request, signatures or a trust profile of Countersign.`;
}

/** The name that a received file of another kind gets. No Countersign file has such a name. */
export const UNKNOWN_NAME = 'unknown-file.bin';

/** The sentence and the review code, as two lines. */
export const descriptionText = ({ sentence, reviewCode }: Description): string =>
  `${sentence}\nreview code ${reviewCode}\n`;
