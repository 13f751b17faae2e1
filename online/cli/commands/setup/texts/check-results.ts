/** What the setup commands print: results of checks, refused answers, what the node lacks, next steps. */
import { hexValueText, Refusal, valueText } from '../../../../../shared/errors.ts';
import type { Trust } from '../../../../../shared/trust.ts';
import { printablePath } from '../../../../platform/files.ts';
import { controllersText, countText } from '../../../../platform/text/words.ts';
import { CONFIG_FILE } from '../../../config/config-paths.ts';

const configInvalidRefusal = (message: string, hint: string) => new Refusal('CONFIG_INVALID', message, hint);
const fieldInvalidRefusal = (what: string, expected: string, got: string, hint: string) =>
  new Refusal('FIELD_INVALID', `${what}: expected ${expected}, got ${valueText(got)}`, hint);

// Texts about profile, controller and stick.

export const profileFoundText = ({ n, m, network, address, reviewCode }: Trust): string =>
  `${n} of ${m} controllers on ${network.name}, address ${address}, review code ${reviewCode}. Compare the review code with the other controllers.`;

export const noSuchControllerRefusal = (m: number, got: string): Refusal =>
  configInvalidRefusal(
    `controller: expected a number from 1 to ${m}, as in the trust profile, got ${got}`,
    'Give the number that the isolated laptop printed when it pinned the profile.',
  );

export const stickAbsentText = (path: string): string =>
  `The folder ${printablePath(path)} does not exist now. Insert the stick before the next command.`;

export const stickIsFileRefusal = (path: string): Refusal =>
  configInvalidRefusal(
    `stick: expected a folder, got the file ${printablePath(path)}`,
    'Give the folder where the stick is mounted, or none.',
  );

// Texts about the store.

export const tildeNotReplacedRefusal = (folder: string): Refusal =>
  configInvalidRefusal(
    `store: expected a folder, got ${valueText(folder)}: the ~ after file: is not replaced by a home folder`,
    'Write the complete path of the folder.',
  );

/** @param existing the nearest folder that exists */
export const folderUnusableRefusal = (path: string, existing: string, reason: string): Refusal =>
  new Refusal(
    'STORE_DENIED',
    `store: cannot use the folder ${path}, ${existing}: ${reason}`,
    'Choose a folder that this user can write to.',
  );

export const storeFolderText = (path: string, exists: boolean): string =>
  exists
    ? `the folder ${path}`
    : `the folder ${path} does not exist. This is right for a first mapping. Otherwise the path is wrong, or the disk is not mounted`;

export const WRITE_CHECK =
  '`countersign init` wrote this file to test the permission to write. You can delete the file.\n';

export const PUBLIC_BY_POLICY =
  'Run the command again without --public-read. Let everyone read map.json by a policy of the bucket.';

export function storeAccessText(writable: boolean | null): string {
  if (writable === null) return 'reachable';
  return writable ? 'reachable and writable' : 'reachable, but NOT writable with these rights';
}

/**
 * @param size number of entries of the mapping; null if there is no mapping
 * @param signers null without a profile
 */
export function storeContentsText(size: number | null, signers: readonly number[] | null): string {
  if (size === null) return ', without a mapping yet';
  const holds = `, with a mapping of ${countText(size, 'asset')}`;
  if (signers === null) return `${holds}, which is not verified because there is no trust profile`;
  return `${holds}${signers.length === 0 ? '' : `, signed by ${controllersText(signers)}`}`;
}

// Texts about the node.

export const NO_PEERS =
  'Connect the node to other nodes (`connect=` or `addnode=` in ocean.conf). Without peers, the node gets no blocks, and its transactions reach no other node.';

/** @param seconds largest age @param isOld whether the block is old, and not in the future */
export const wrongTipAgeText = (seconds: number, isOld: boolean): string =>
  `Check the clocks of the node and of this computer, and whether the node receives blocks. The best block of the node is more than ${seconds} s ${isOld ? 'old' : 'in the future'}. Without --max-tip-age, \`prepare\` and \`report\` refuse such a block.`;

export const NO_INDEX =
  'Start the node with txindex=1 and, once, with -reindex. Without the index, the node does not find confirmed transactions, and `finalise` and `report` need these.';

export const NO_WALLET =
  'Start the node without disablewallet. `coins scan` and `report` need its wallet to see policy coins.';

export const otherPolicyAssetText = (ofProfile: string, ofNode: string): string =>
  `Compare the policy assets. The profile has ${ofProfile}. The node's \`dumpassetlabels\` gives the label ISSUANCE to ${ofNode}.`;

export const otherChainRefusal = (node: string, whose: string, address: string): Refusal =>
  new Refusal(
    'CHAIN_WRONG',
    `node ${node}: the address of ${whose}, ${address}, is not valid on its chain`,
    'Check that the node and the trust profile belong to the same network.',
  );

export const addressImportText = (address: string): string =>
  `The node imports ${address}, and searches its chain for coins. On a long chain, this takes a long time.\n`;

export const addressNotWatchedText = (address: string, reason: string): string =>
  `Run \`countersign coins scan\`: the node does not watch ${address} yet (${reason}).`;

/**
 * @param refusal refusal of the node. Its hint is replaced, because `init` is still asking
 */
export const nodePasswordRefusal = ({ code, message }: Refusal): Refusal =>
  new Refusal(
    code,
    message,
    'Correct the answer. Or type `later` here, and complete the questions. Then set the password, and run `init` again, which offers your answers:\n  export COUNTERSIGN_NODE_PASSWORD=PASSWORD\n  countersign init --overwrite',
  );

// Texts about the configuration, and the next steps.

export const configExistsRefusal = (): Refusal =>
  new Refusal(
    'FILE_EXISTS',
    `${CONFIG_FILE} exists already in this folder`,
    'Use this file, or replace it with --overwrite. Nothing was changed.',
  );

export const HAS_PASSWORD = 'The file contains the password of the node. Only this user can read the file.\n';

export const variablePrecedenceText = (variable: string): string =>
  `${variable} is set in this shell, and takes precedence over ${CONFIG_FILE}.\n`;

const AGAIN = 'run `countersign init --overwrite`';

/**
 * @param hasMapping whether the store has a mapping
 * @param knowsLedger whether this PC has a copy of a ledger
 */
export function beginStepText(hasMapping: boolean, knowsLedger: boolean): string {
  if (knowsLedger)
    return 'This PC has a copy of a ledger, and this store has no ledger. Check that the store is the right one, and that its disk is mounted. For another store, use another working folder.';
  return `One controller runs \`countersign map init\` once: it begins the ledger with ${hasMapping ? 'the mapping that is in the store' : 'the empty mapping'}.`;
}

/** What `init` found and what is missing. */
export interface Found {
  profile: boolean;
  cannotWrite: boolean;
  /** Sentences about what the node lacks; null without a node. */
  lacks: readonly string[] | null;
  /** A sentence with the next step if the node does not watch the address; otherwise ''. */
  unwatched: string;
  ledger: boolean;
  mapping: boolean;
  coins: boolean;
  knowsLedger: boolean;
}

export function nextStepTexts(found: Found): string[] {
  const steps = [
    found.profile
      ? ''
      : `Make the trust profile with all controllers (\`countersign checklist\` prints the steps). Then ${AGAIN}.`,
    found.cannotWrite
      ? 'Give these credentials the right to write to the store (s3:PutObject, or the permissions of the folder). Until then, only commands that read will work.'
      : '',
    found.lacks ? '' : `Start the node. Then ${AGAIN}.`,
    ...(found.lacks ?? []),
    found.unwatched,
    found.ledger ? '' : beginStepText(found.mapping, found.knowsLedger),
    found.ledger && found.coins
      ? ''
      : 'One controller runs `countersign coins scan` once: it lists the policy coins.',
  ].filter(step => step !== '');
  return steps.length > 0 ? steps : ['`countersign next` prints the command to run, at any time.'];
}

// Texts about the answers to `trust create`.

/** @param kind what the file holds */
export const secretGivenRefusal = (typed: string, kind: string): Refusal =>
  new Refusal(
    'KEY_INVALID',
    `${valueText(typed)} is ${kind}, and must not be on a networked PC`,
    'Delete the secret from this PC. If other people could read it, make a new key on the laptop before the ceremony continues.',
  );

export const notAKeyRefusal = (typed: string): Refusal =>
  new Refusal(
    'FIELD_INVALID',
    `public key: expected 66 hex digits that begin with 02 or 03, or a file with one such key, got ${hexValueText(typed)}`,
    'Run `signer public-key` on the laptop of this controller. It prints only the key.',
  );

export const keyOfAnotherRefusal = (controller: number, key: string): Refusal =>
  fieldInvalidRefusal(
    'public key',
    `another key than the key of controller ${controller}`,
    key,
    'Type the key of this controller: no two controllers have the same key.',
  );

export const notAPointRefusal = (key: string): Refusal =>
  fieldInvalidRefusal(
    'public key',
    'a point of secp256k1',
    key,
    'Compare each digit with the key on the laptop.',
  );

export const notACountRefusal = (what: string, least: number, most: number, typed: string): Refusal =>
  fieldInvalidRefusal(what, `a number from ${least} to ${most}`, typed, 'Type a number of this range.');

export const notAnAssetIdRefusal = (typed: string): Refusal =>
  new Refusal(
    'FIELD_INVALID',
    `policy asset: expected 64 hex digits in lower case, got ${hexValueText(typed)}`,
    'Paste the complete id.',
  );

export const largestMassTooSmallRefusal = (smallest: string, typed: string): Refusal =>
  fieldInvalidRefusal(
    'largest mass',
    `at least ${smallest} fine troy ounces`,
    typed,
    'Type the mass of the heaviest bar.',
  );

// Texts about the trust profile.

const ORDINALS = ['first', 'second', 'third'];
const ordinalText = (index: number) => ORDINALS[index] ?? `${index + 1}th`;

/** @param first index of the earlier key @param again index of the second occurrence */
export const sameKeyRefusal = (first: number, again: number): Refusal =>
  new Refusal(
    'FIELD_INVALID',
    `--controller: the ${ordinalText(again)} key is the same as the ${ordinalText(first)} key, but each controller must have a different key`,
    'Ask both controllers for their public keys again. Nothing was written.',
  );

export const CORRECT_FLAG =
  'Correct the flag of this field. `pubkeys.1` is the first --controller. Nothing was written.';

export const splitPolicyRefusal = (required: number, controllers: number): Refusal =>
  new Refusal(
    'POLICY_SPLIT',
    `--required: expected more than half of ${controllers} controllers, got ${required}. Two groups without a common member could each sign one bar, on two coins`,
    'Require more controllers. Or let all controllers read docs/trust-model.md, then add --allow-split-policy. Nothing was written.',
  );

export const profileNotConfirmedRefusal = (): Refusal =>
  new Refusal('NOT_CONFIRMED', 'the profile was not confirmed', 'Nothing was written.');
