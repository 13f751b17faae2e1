/** Checks of the answers to `init`. Each returns a sentence about its result. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { utf8 } from '../../../../shared/bytes.ts';
import { verifyBase } from '../../../../shared/derive.ts';
import { Refusal, shown } from '../../../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { MAX_ENTRY_BYTES } from '../../../ledger/event.ts';
import { ledgerKey } from '../../../ledger/ledger.ts';
import { readMappingObject } from '../../../ledger/mappings.ts';
import { keys, MAX_COINS_BYTES, readObject } from '../../../ledger/objects.ts';
import { fetchWatch, labelledPolicyAsset } from '../../../node/checks/capabilities.ts';
import { checkChain, tipAge, tipText } from '../../../node/checks/tip.ts';
import type { Watch } from '../../../node/types.ts';
import { systemReason } from '../../../platform/file-errors.ts';
import { named } from '../../../platform/files.ts';
import { counted, sayControllers } from '../../../platform/text/words.ts';
import type { Waits } from '../../../platform/waiting/status-line.ts';
import type { World } from '../../../platform/world.ts';
import { PROBE_KEY } from '../../../store/keys.ts';
import { openStore, parseStore } from '../../../store/open.ts';
import type { Store } from '../../../store/store.ts';
import { configOf, loadTrust, nodeCredentials } from '../../config/config.ts';
import { type Config, NOBODY } from '../../config/settings.ts';

export interface TrustFound {
  trust: Trust;
  told: string;
}

export function checkTrust(world: World, path: string): TrustFound {
  const trust = loadTrust(world, { trust: path, s3: {} });
  const { n, m, network, reviewCode, address } = trust;
  return {
    trust,
    told: `${n} of ${m} controllers on ${network.name}, address ${address}, review code ${reviewCode}. Compare the review code with the other controllers.`,
  };
}

/** @param m number of controllers in the profile @throws Refusal CONFIG_INVALID */
export function checkController(answer: string, m: number): null {
  const { controller } = configOf({ controller: answer });
  if (controller === undefined || Number(controller) <= m) return null;
  throw new Refusal(
    'CONFIG_INVALID',
    `controller: expected a number from 1 to ${m}, as in the trust profile, got ${controller}`,
    'Give the number that the isolated laptop printed when it pinned the profile.',
  );
}

/** The USB stick need not be inserted now. @throws Refusal CONFIG_INVALID */
export function checkStick(world: World, answer: string): { told: string } | null {
  const { stick } = configOf({ stick: answer });
  if (stick === undefined || stick === NOBODY) return null;
  const path = resolve(world.cwd, stick);
  if (!existsSync(path))
    return {
      told: `The folder ${named(path)} does not exist now. Insert the stick before the next command.`,
    };
  if (statSync(path).isDirectory()) return null;
  throw new Refusal(
    'CONFIG_INVALID',
    `stick: expected a folder, got the file ${named(path)}`,
    'Give the folder where the stick is mounted, or none.',
  );
}

export interface StoreFound {
  /** Digest of the mapping in the store. */
  mapping: string | null;
  /** True if the store has a ledger. */
  ledger: boolean;
  coins: boolean;
  /** Null if it was not tested, because the folder does not exist yet. */
  writable: boolean | null;
  cannotWrite: Refusal | null;
  told: string;
}

/** A folder that does not exist yet must be creatable. */
function checkFolder(world: World, folder: string): string {
  if (/^~/.test(folder)) {
    throw new Refusal(
      'CONFIG_INVALID',
      `store: expected a folder, got ${shown(folder)}: the ~ after file: is not replaced by a home folder`,
      'Write the complete path of the folder.',
    );
  }
  const path = resolve(world.cwd, folder);
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    if (!statSync(there).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(
      'STORE_DENIED',
      `store: cannot use the folder ${path}, ${there}: ${systemReason(error)}`,
      'Choose a folder that this user can write to.',
    );
  }
  return there === path
    ? `the folder ${path}`
    : `the folder ${path} does not exist. This is right for a first mapping. Otherwise the path is wrong, or the disk is not mounted`;
}

const WRITE_CHECK = utf8('Made by `countersign init` to test write permission. It can be deleted.\n');

/**
 * Tests both kinds of write: a create-only write, as for ledger entries (an earlier run may have created the object),
 * and a write with the ACL of `map.json`. A server may accept one and refuse the other.
 * @returns true, or the refusal of a read-only store
 */
async function mayWrite(store: Store, publicRead: boolean): Promise<true | Refusal> {
  const contentType = 'text/plain';
  try {
    await store.create(PROBE_KEY, WRITE_CHECK, { contentType });
    if (publicRead) await store.put(PROBE_KEY, WRITE_CHECK, { contentType, publicRead });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'STORE_DENIED') return error;
    throw error;
  }
}

/** During setup it is an error if nobody could read published objects. */
function refuseNotPublic({ code, message }: Refusal): never {
  throw new Refusal(
    code,
    message,
    'Run the command again without --public-read. Let everyone read map.json by a policy of the bucket.',
  );
}

function access(writable: boolean | null): string {
  if (writable === null) return 'reachable';
  return writable ? 'reachable and writable' : 'reachable, but NOT writable with these rights';
}

/** Reads, lists and writes like a first command, because all three permissions are needed. */
export async function checkStore(
  world: World,
  { store: spec, s3 }: Config & { store: string },
  trust: Trust | undefined,
): Promise<StoreFound> {
  const parsed = parseStore(spec);
  const what = parsed.kind === 'file' ? checkFolder(world, parsed.folder) : spec;
  const store = await openStore(spec, { ...s3, notPublic: refuseNotPublic });
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  const ledger = (await store.get(ledgerKey(0), MAX_ENTRY_BYTES)) !== null;
  const coins = (await store.get(keys.coins, MAX_COINS_BYTES)) !== null;
  await store.list(keys.proposals);
  const mapping = bytes && readMappingObject(bytes, keys.mapping);
  const signers = mapping && trust ? readObject(keys.mapping, () => verifyBase(mapping, trust)) : [];
  // Written last, so that nothing is written to a wrong store. A missing folder is not created.
  const isThere = parsed.kind === 's3' || existsSync(resolve(world.cwd, parsed.folder));
  const written = isThere ? await mayWrite(store, s3.publicRead === true) : null;
  const writable = written instanceof Refusal ? false : written;
  const cannotWrite = written instanceof Refusal ? written : null;
  const found = { mapping: mapping?.digest ?? null, ledger, coins, writable, cannotWrite };
  const told = [
    `${what}${isThere ? `: ${access(writable)}${contentsOf(mapping, signers, trust)}` : ''}.`,
    ...(cannotWrite ? [cannotWrite.message] : []),
  ];
  return { ...found, told: told.join('\n  ') };
}

function contentsOf(mapping: Mapping | null, signers: readonly number[], trust: Trust | undefined): string {
  if (!mapping) return ', without a mapping yet';
  const holds = `, with a mapping of ${counted(mapping.size, 'asset')}`;
  if (!trust) return `${holds}, which is not verified because there is no trust profile`;
  return `${holds}${signers.length === 0 ? '' : `, signed by ${sayControllers(signers)}`}`;
}

export interface NodeFound {
  height: number;
  chain: string;
  peers: number | null;
  /** True if the node finds confirmed transactions by id. */
  txindex: boolean;
  /** Null without a profile, which has the address to watch. */
  watch: Watch | null;
  told: string;
  /** Required changes of the node's configuration, as sentences. */
  lacks: readonly string[];
}

/** Seconds; the default of all commands. */
const MAX_TIP_AGE = 100;

/** What the commands need of a node, and this node lacks. */
function lacksOf(
  { peers, txindex, watch }: Omit<NodeFound, 'lacks' | 'told'>,
  age: number,
  labelled: string | null,
  trust: Trust | undefined,
): string[] {
  return [
    peers === 0
      ? 'Connect the node to other nodes (`connect=` or `addnode=` in ocean.conf). Without peers, the node gets no blocks, and its transactions reach no other node.'
      : '',
    Math.abs(age) > MAX_TIP_AGE
      ? `Check the clocks of the node and of this computer, and whether the node receives blocks. The best block of the node is more than ${MAX_TIP_AGE} s ${age > 0 ? 'old' : 'in the future'}. Without --max-tip-age, \`prepare\` and \`report\` refuse such a block.`
      : '',
    txindex
      ? ''
      : 'Start the node with txindex=1 and, once, with -reindex. Without the index, the node does not find confirmed transactions, and `finalise` and `report` need these.',
    watch === 'no wallet'
      ? 'Start the node without disablewallet. `coins scan` and `report` need its wallet to see policy coins.'
      : '',
    trust && labelled !== null && labelled !== trust.policyAsset
      ? `Compare the policy assets. The profile has ${trust.policyAsset}. The node's \`dumpassetlabels\` gives the label ISSUANCE to ${labelled}.`
      : '',
  ].filter(text => text !== '');
}

/** A client of the node, which shows a person what it waits for. */
async function openNode(
  world: World,
  config: Config & { node: string },
  network: string | undefined,
  waits: Waits,
) {
  const { OceanNode } = await import('../../../node/node.ts');
  const node = new OceanNode(config.node, {
    credentials: nodeCredentials(world, config, network),
    waits: limitMs => waits.begin(`node ${node.rpc.name}`, limitMs),
  });
  return node;
}

/** Checks that the node is reachable. With a profile, also that its chain and address format match. */
export async function checkNode(
  world: World,
  config: Config & { node: string },
  trust: Trust | undefined,
  waits: Waits,
): Promise<NodeFound> {
  const node = await openNode(world, config, trust?.network.name, waits);
  const tip = await node.tip();
  const { chain, height, headers, peers } = tip;
  if (trust) checkChain(node.source, tip, trust.network.name);
  const [txindex, watch, labelled] = await Promise.all([
    node.hasTransactionIndex(),
    trust ? fetchWatch(node, trust.address) : null,
    labelledPolicyAsset(node),
  ]);
  const now = world.now() / 1000;
  const behind = headers > height || tip.initialDownload ? ', and is catching up' : '';
  const told = `${node.rpc.name}: a node of ${chain} at ${tipText(tip, now)}${behind}.`;
  const found = { height, chain, peers, txindex, watch };
  const facts = { ...found, told, lacks: lacksOf(found, tipAge(tip, now), labelled, trust) };
  if (!trust) return facts;
  const addresses = [
    ['the controllers', trust.address],
    ['reissuance tokens', trust.reissuanceAddress],
  ] as const;
  const answers = await node.validate(addresses.map(([, address]) => address));
  answers.forEach((answer, i) => {
    const [whose, address] = addresses[i] as (typeof addresses)[number];
    if (answer.valid) return;
    throw new Refusal(
      'CHAIN_WRONG',
      `node ${node.rpc.name}: the address of ${whose}, ${address}, is not valid on its chain`,
      'Check that the node and the trust profile belong to the same network.',
    );
  });
  return facts;
}

/**
 * Makes the node watch the policy address, as each PC's node must. Otherwise its wallet returns an empty list without
 * an error.
 * @returns a sentence about the result; after a failure, with the next step
 */
export async function watchAddress(
  world: World,
  config: Config & { node: string },
  { address, network }: Trust,
  waits: Waits,
): Promise<string> {
  const node = await openNode(world, config, network.name, waits);
  world.stderr.write(
    `The node imports ${address}, and searches its chain for coins. This takes long on a long chain.\n`,
  );
  try {
    await node.watch(address);
    return '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `Run \`countersign coins scan\`: the node does not watch ${address} yet (${error.message}).`;
  }
}
