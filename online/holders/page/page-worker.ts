/** The page's worker: keeps the verified mapping and handles one order at a time. */
import { utf8 } from '../../../shared/bytes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { type MakeHasher, nobleSha256 } from '../../../shared/hash.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { type Verification, verifyMapping } from '../../../shared/mapping/verify.ts';
import type { Trust } from '../../../shared/trust.ts';
import { hasAmbiguousTime, UNSURE_TIME, verdictText } from '../../report/views/verification-view.ts';
import { countBars } from '../bar-count.ts';
import { compareMappings } from '../compare-mappings.ts';
import { readQuestion } from '../holder-question.ts';
import { lookUpAsked } from '../look-up.ts';
import type { Answers, Order, Reply, Shown } from '../worker-messages.ts';

const sendReply = (message: Reply) => postMessage(message);

/**
 * The part of the progress bar for the time before the first bytes are hashed. In this time, the worker reads
 * the mapping, and reports no progress. Afterwards, it hashes about twice as many bytes as the file has.
 */
const READING = 0.3;
const STEP = 4 * 1024 * 1024;
const WARM_PIECES = 64;

function reportingHasher(length: number): MakeHasher {
  let [hashed, reported] = [0, 0];
  return () => {
    const hasher = nobleSha256();
    return {
      update(bytes) {
        hashed += bytes.length;
        if (hashed - reported > STEP) {
          reported = hashed;
          sendReply({
            kind: 'progress',
            share: Math.min(0.99, READING + ((1 - READING) * hashed) / (2 * length)),
          });
        }
        return hasher.update(bytes);
      },
      digest: () => hasher.digest(),
    };
  };
}

/** The valid or empty mapping that is open; undefined if there is none. */
let current: { mapping: Mapping; trust: Trust; profile: Uint8Array } | undefined;

function mappingFacts(found: Verification & { mapping: Mapping; trust: Trust }): Shown {
  const { mapping, trust, valid, begins, digest, totalMass, assets } = found;
  return {
    ...{ valid, begins, digest, totalMass },
    verdict: verdictText(mapping, trust, found),
    caution: hasAmbiguousTime(mapping) ? UNSURE_TIME : '',
    height: mapping.height,
    time: mapping.time,
    entries: assets,
    bars: countBars(mapping),
  };
}

/** Verifies the file. If it is not a mapping, the message of the refusal says this before the reason. */
function verifyFile(name: string, bytes: ArrayBuffer, profile: Uint8Array) {
  try {
    return verifyMapping(new Uint8Array(bytes), profile, reportingHasher(bytes.byteLength), name);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'FORMAT_INVALID') throw error;
    const hint =
      'Check that you chose the right file. If it is the mapping of the issuer, get it again: it was cut or changed.';
    throw new Refusal('FORMAT_INVALID', `This file is not a mapping: ${error.message}`, hint);
  }
}

/** @throws Refusal if no valid mapping is open, because only a valid mapping may be believed */
function requireOpenMapping() {
  if (current) return current;
  throw new Refusal('BASE_INVALID', 'no valid mapping is open', 'Open a valid mapping first.');
}

const WORK: { [K in Order['kind']]: (order: Extract<Order, { kind: K }>) => Answers[K] } = {
  verify({ profile, name, bytes }) {
    current = undefined;
    const text = utf8(profile);
    const found = verifyFile(name, bytes, text);
    if (found.valid || found.begins) current = { mapping: found.mapping, trust: found.trust, profile: text };
    return mappingFacts(found);
  },
  'look up'({ question, height }) {
    const { mapping } = requireOpenMapping();
    const { asked, problems } = readQuestion(question);
    return { found: lookUpAsked(mapping, asked, height), problems };
  },
  compare({ name, bytes }) {
    const { mapping, profile } = requireOpenMapping();
    const found = verifyFile(name, bytes, profile);
    const isTrusted = found.valid || found.begins;
    return {
      kept: mappingFacts(found),
      comparison: isTrusted ? compareMappings(found.mapping, mapping) : null,
    };
  },
};

function performOrder(order: Order): Reply {
  try {
    const work = WORK[order.kind] as (order: Order) => Answers[Order['kind']];
    return { kind: 'done', answer: work(order) };
  } catch (error) {
    if (error instanceof Refusal) {
      const { code, message, hint } = error;
      return { kind: 'refused', code, message, hint };
    }
    const hint = 'The page has an error, or the file needs more memory than this device has.';
    return { kind: 'refused', code: 'INTERNAL', message: String(error), hint };
  }
}

/**
 * Runs the hash function before the mapping arrives. After some megabytes of input, the browser compiles the
 * function, which makes it twice as fast.
 */
function warmUpCode(): void {
  const [hasher, piece] = [nobleSha256(), new Uint8Array(1 << 16)];
  for (let i = 0; i < WARM_PIECES; i++) hasher.update(piece);
  hasher.digest();
}

export function startWorker(): void {
  warmUpCode();
  addEventListener('message', ({ data }: MessageEvent<Order>) => sendReply(performOrder(data)));
}
