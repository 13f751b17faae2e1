/** What `init` asks for, checked at once: each check says in a sentence what it found. */
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
    told: `${n} of ${m} controllers on ${network.name}, address ${address}, review code ${reviewCode}: compare it with the other controllers'.`,
  };
}

/** @param m number of controllers of the profile @throws Refusal CONFIG_INVALID */
export function checkController(answer: string, m: number): null {
  const { controller } = configOf({ controller: answer });
  if (controller === undefined || Number(controller) <= m) return null;
  throw new Refusal(
    'CONFIG_INVALID',
    `controller: expected a number from 1 to ${m}, as the trust profile has them, got ${controller}`,
    'Give the number that the isolated laptop printed when it pinned the profile.',
  );
}

/** A stick need not be inserted now. @throws Refusal CONFIG_INVALID */
export function checkStick(world: World, answer: string): { told: string } | null {
  const { stick } = configOf({ stick: answer });
  if (stick === undefined || stick === NOBODY) return null;
  const path = resolve(world.cwd, stick);
  if (!existsSync(path))
    return { told: `the folder ${named(path)} is not there now: insert the stick before it is needed.` };
  if (statSync(path).isDirectory()) return null;
  throw new Refusal(
    'CONFIG_INVALID',
    `stick: expected a folder, got the file ${named(path)}`,
    'Give the folder under which the stick is mounted, or none.',
  );
}

export interface StoreFound {
  /** Digest of its mapping. */
  mapping: string | null;
  /** Whether its ledger was begun. */
  ledger: boolean;
  coins: boolean;
  /** Null where that was not tried: in a folder that is not there yet. */
  writable: boolean | null;
  cannotWrite: Refusal | null;
  told: string;
}

/** A folder that is not there yet must be one that can be made. */
function checkFolder(world: World, folder: string): string {
  if (/^~/.test(folder)) {
    throw new Refusal(
      'CONFIG_INVALID',
      `store: expected a folder, got ${shown(folder)}: no shell replaces the ~ behind file:`,
      'Write the folder from its root on.',
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
      `store: the folder ${path} cannot be used, ${there}: ${systemReason(error)}`,
      'Choose a folder that this user can write to.',
    );
  }
  return there === path
    ? `the folder ${path}`
    : `the folder ${path} is not there: right for a first mapping, else a wrong path or a disk that is not mounted`;
}

const WRITE_CHECK = utf8('Made by `countersign init` to test write permission. It can be deleted.\n');

/**
 * Create-only, as everything that decides is written; whoever was here before has made it already. Then as `map.json` is
 * written, with its ACL: a server may take the one and refuse the other.
 * @returns the refusal of a store that may be read only
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

/** Before anything is issued, it is a refusal that nobody could read what is published. */
function refuseNotPublic({ code, message }: Refusal): never {
  throw new Refusal(
    code,
    message,
    'Repeat without --public-read, and let everyone read map.json by a policy of the bucket.',
  );
}

function access(writable: boolean | null): string {
  if (writable === null) return 'reachable';
  return writable ? 'reachable and writable' : 'reachable, but NOT writable with these rights';
}

/** Reads what a first command would read, lists and writes: all three rights are needed. */
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
  // Last, so that nothing is written to a store that turns out to be another one; a folder is not made for it.
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
  if (!mapping) return ', and without a mapping yet';
  const holds = `, with a mapping of ${counted(mapping.size, 'asset')}`;
  if (!trust) return `${holds}, not verified without a profile`;
  return `${holds}${signers.length === 0 ? '' : `, signed by ${sayControllers(signers)}`}`;
}

export interface NodeFound {
  height: number;
  chain: string;
  peers: number | null;
  /** Whether it finds confirmed transactions by their ids. */
  txindex: boolean;
  /** Null without a profile, which has the address to watch. */
  watch: Watch | null;
  told: string;
  /** What has to be changed at the node, each a sentence for the person. */
  lacks: readonly string[];
}

/** Seconds: the commands' own default. */
const MAX_TIP_AGE = 100;

/** What the commands need of a node, and this one does not have. */
function lacksOf(
  { peers, txindex, watch }: Omit<NodeFound, 'lacks' | 'told'>,
  age: number,
  labelled: string | null,
  trust: Trust | undefined,
): string[] {
  return [
    peers === 0
      ? 'Connect the node to other nodes (`connect=` or `addnode=` in ocean.conf): without peers it gets no blocks of theirs, and what it is sent reaches nobody.'
      : '',
    Math.abs(age) > MAX_TIP_AGE
      ? `Look at the clocks of the node and of this computer, and whether the node receives blocks: its best block is more than ${MAX_TIP_AGE} s ${age > 0 ? 'old' : 'in the future'}, which \`prepare\` and \`report\` refuse without --max-tip-age.`
      : '',
    txindex
      ? ''
      : 'Start the node with txindex=1 and, once, -reindex: without its index it does not find confirmed transactions, which `finalise` and `report` ask for.',
    watch === 'no wallet'
      ? 'Start the node without disablewallet: `coins scan` and `report` need its wallet to see policy coins.'
      : '',
    trust && labelled !== null && labelled !== trust.policyAsset
      ? `Compare the policy asset: the profile has ${trust.policyAsset}, and the node's \`dumpassetlabels\` calls ${labelled} ISSUANCE.`
      : '',
  ].filter(text => text !== '');
}

/** Reachable, and where a profile is there, of its chain, with addresses that the chain takes. */
export async function checkNode(
  world: World,
  config: Config & { node: string },
  trust: Trust | undefined,
): Promise<NodeFound> {
  const { OceanNode } = await import('../../../node/node.ts');
  const credentials = nodeCredentials(world, config, trust?.network.name);
  const node = new OceanNode(config.node, { credentials });
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
      `node ${node.rpc.name}: the address of ${whose}, ${address}, is none on its chain`,
      'Check that the node and the trust profile are of the same network.',
    );
  });
  return facts;
}

/**
 * Has the node watch the policy address, as every PC's node must: else its wallet answers an empty list, and no error.
 * @returns a sentence about it; where it fails, one that says how to go on
 */
export async function watchAddress(
  world: World,
  config: Config & { node: string },
  { address, network }: Trust,
): Promise<string> {
  const { OceanNode } = await import('../../../node/node.ts');
  const node = new OceanNode(config.node, { credentials: nodeCredentials(world, config, network.name) });
  world.stderr.write(
    `The node imports ${address} and looks through its chain for coins, which takes long on a long one.\n`,
  );
  try {
    await node.watch(address);
    return '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `Have the node watch ${address} with \`countersign coins scan\`: ${error.message}.`;
  }
}
