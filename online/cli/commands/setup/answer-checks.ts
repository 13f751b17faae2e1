/** Checks of the answers to `init`. `told` is a sentence about the result of a check. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { utf8 } from '../../../../shared/bytes.ts';
import { verifyBase } from '../../../../shared/derive.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_MAPPING_BYTES } from '../../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { ledgerKey } from '../../../ledger/ledger.ts';
import { MAX_ENTRY_BYTES } from '../../../ledger/ledger-event.ts';
import { keys, MAX_COINS_BYTES, parseStoredObject } from '../../../ledger/object-keys.ts';
import { readMappingObject } from '../../../ledger/stored-mappings.ts';
import type { Watch } from '../../../node/answer-types.ts';
import { checkChain, tipAge, tipText } from '../../../node/checks/best-block.ts';
import { fetchPolicyAsset, fetchWatchState } from '../../../node/checks/watch-and-policy-asset.ts';
import { systemErrorText } from '../../../platform/file-errors.ts';
import type { WaitDisplay } from '../../../platform/waiting/status-line.ts';
import type { World } from '../../../platform/world.ts';
import { PROBE_KEY } from '../../../store/object-keys.ts';
import { openStore, parseStore } from '../../../store/open-store.ts';
import type { Store } from '../../../store/store.ts';
import { configFromAnswers, findNodeCredentials, loadTrust } from '../../config/config.ts';
import { type Config, NOBODY } from '../../config/settings.ts';
import {
  addressImportText,
  addressNotWatchedText,
  folderUnusableRefusal,
  NO_INDEX,
  NO_PEERS,
  NO_WALLET,
  noSuchControllerRefusal,
  otherChainRefusal,
  otherPolicyAssetText,
  PUBLIC_BY_POLICY,
  profileFoundText,
  stickAbsentText,
  stickIsFileRefusal,
  storeAccessText,
  storeContentsText,
  storeFolderText,
  tildeNotReplacedRefusal,
  WRITE_CHECK,
  wrongTipAgeText,
} from './texts/check-results.ts';

export interface TrustFound {
  trust: Trust;
  told: string;
}

export function readProfileAnswer(world: World, path: string): TrustFound {
  const trust = loadTrust(world, { trust: path, s3: {} });
  return { trust, told: profileFoundText(trust) };
}

/** @param m number of controllers in the profile @throws Refusal CONFIG_INVALID */
export function checkController(answer: string, m: number): null {
  const { controller } = configFromAnswers({ controller: answer });
  if (controller === undefined || Number(controller) <= m) return null;
  throw noSuchControllerRefusal(m, controller);
}

/** Checks the path only, because the USB stick need not be inserted now. @throws Refusal CONFIG_INVALID */
export function checkStickPath(world: World, answer: string): { told: string } | null {
  const { stick } = configFromAnswers({ stick: answer });
  if (stick === undefined || stick === NOBODY) return null;
  const path = resolve(world.cwd, stick);
  if (!existsSync(path)) return { told: stickAbsentText(path) };
  if (statSync(path).isDirectory()) return null;
  throw stickIsFileRefusal(path);
}

export interface StoreFound {
  /** Digest of the mapping in the store. */
  mapping: string | null;
  /** True if the store has a ledger. */
  ledger: boolean;
  coins: boolean;
  /** Null if writing was not tested, because the folder does not exist yet. */
  writable: boolean | null;
  cannotWrite: Refusal | null;
  told: string;
}

/**
 * Checks that this user can write to the store's folder, or can create this folder.
 * @returns a description of the folder
 */
function checkStoreFolder(world: World, folder: string): string {
  if (/^~/.test(folder)) throw tildeNotReplacedRefusal(folder);
  const path = resolve(world.cwd, folder);
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    if (!statSync(there).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderUnusableRefusal(path, there, systemErrorText(error));
  }
  return storeFolderText(path, there === path);
}

/**
 * Tests a create-only write, as for ledger entries. An earlier run may have created the object. With
 * `publicRead`, also tests a write with the ACL of `map.json`, because a server may refuse this ACL.
 * @returns true, or the refusal of a read-only store
 */
async function testWriting(store: Store, publicRead: boolean): Promise<true | Refusal> {
  const contentType = 'text/plain';
  const content = utf8(WRITE_CHECK);
  try {
    await store.create(PROBE_KEY, content, { contentType });
    if (publicRead) await store.put(PROBE_KEY, content, { contentType, publicRead });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'STORE_DENIED') return error;
    throw error;
  }
}

/** During setup, it is an error if published objects would not be readable for everyone. */
function refuseNotPublic({ code, message }: Refusal): never {
  throw new Refusal(code, message, PUBLIC_BY_POLICY);
}

/** Reads and lists objects, and tests writing, because the commands need all three permissions. */
export async function checkStore(
  world: World,
  { store: spec, s3 }: Config & { store: string },
  trust: Trust | undefined,
): Promise<StoreFound> {
  const parsed = parseStore(spec);
  const what = parsed.kind === 'file' ? checkStoreFolder(world, parsed.folder) : spec;
  const store = await openStore(spec, { ...s3, notPublic: refuseNotPublic });
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  const ledger = (await store.get(ledgerKey(0), MAX_ENTRY_BYTES)) !== null;
  const coins = (await store.get(keys.coins, MAX_COINS_BYTES)) !== null;
  await store.list(keys.proposals);
  const mapping = bytes && readMappingObject(bytes, keys.mapping);
  const signers = mapping && trust ? parseStoredObject(keys.mapping, () => verifyBase(mapping, trust)) : [];
  // The test of writing comes last, so that nothing is written to a wrong store. A missing folder is not
  // created.
  const isThere = parsed.kind === 's3' || existsSync(resolve(world.cwd, parsed.folder));
  const written = isThere ? await testWriting(store, s3.publicRead === true) : null;
  const writable = written instanceof Refusal ? false : written;
  const cannotWrite = written instanceof Refusal ? written : null;
  const found = { mapping: mapping?.digest ?? null, ledger, coins, writable, cannotWrite };
  const told = [
    `${what}${isThere ? `: ${storeAccessText(writable)}${storeContentsText(mapping?.size ?? null, trust ? signers : null)}` : ''}.`,
    ...(cannotWrite ? [cannotWrite.message] : []),
  ];
  return { ...found, told: told.join('\n  ') };
}

export interface NodeFound {
  height: number;
  chain: string;
  peers: number | null;
  /** True if the node finds confirmed transactions by id. */
  txindex: boolean;
  /**
   * Whether the node watches the policy address; null without a profile, because the profile contains the
   * address.
   */
  watch: Watch | null;
  told: string;
  /** What has to be corrected at the node, as sentences. */
  lacks: readonly string[];
}

/** Largest age of the best block in seconds: the default of `--max-tip-age` in the other commands. */
const MAX_TIP_AGE = 100;

/**
 * Sentences about what has to be corrected at this node or its computer before the commands can use the node.
 */
function missingCapabilityTexts(
  { peers, txindex, watch }: Omit<NodeFound, 'lacks' | 'told'>,
  age: number,
  labelled: string | null,
  trust: Trust | undefined,
): string[] {
  return [
    peers === 0 ? NO_PEERS : '',
    Math.abs(age) > MAX_TIP_AGE ? wrongTipAgeText(MAX_TIP_AGE, age > 0) : '',
    txindex ? '' : NO_INDEX,
    watch === 'no wallet' ? NO_WALLET : '',
    trust && labelled !== null && labelled !== trust.policyAsset
      ? otherPolicyAssetText(trust.policyAsset, labelled)
      : '',
  ].filter(text => text !== '');
}

/** A client of the node, which shows a person what it waits for. */
async function openNode(
  world: World,
  config: Config & { node: string },
  network: string | undefined,
  waits: WaitDisplay,
) {
  const { OceanNode } = await import('../../../node/node.ts');
  const node = new OceanNode(config.node, {
    credentials: findNodeCredentials(world, config, network),
    waits: limitMs => waits.begin(`node ${node.rpc.name}`, limitMs),
  });
  return node;
}

/**
 * Checks that the node is reachable. With a profile, also checks that the node's chain and address format
 * match the profile.
 */
export async function checkNode(
  world: World,
  config: Config & { node: string },
  trust: Trust | undefined,
  waits: WaitDisplay,
): Promise<NodeFound> {
  const node = await openNode(world, config, trust?.network.name, waits);
  const tip = await node.tip();
  const { chain, height, headers, peers } = tip;
  if (trust) checkChain(node.source, tip, trust.network.name);
  const [txindex, watch, labelled] = await Promise.all([
    node.hasTransactionIndex(),
    trust ? fetchWatchState(node, trust.address) : null,
    fetchPolicyAsset(node),
  ]);
  const now = world.now() / 1000;
  const behind = headers > height || tip.initialDownload ? ', and is catching up' : '';
  const told = `${node.rpc.name}: a node of ${chain} at ${tipText(tip, now)}${behind}.`;
  const found = { height, chain, peers, txindex, watch };
  const facts = { ...found, told, lacks: missingCapabilityTexts(found, tipAge(tip, now), labelled, trust) };
  if (!trust) return facts;
  const addresses = [
    ['the controllers', trust.address],
    ['reissuance tokens', trust.reissuanceAddress],
  ] as const;
  const answers = await node.validate(addresses.map(([, address]) => address));
  answers.forEach((answer, i) => {
    const [whose, address] = addresses[i] as (typeof addresses)[number];
    if (answer.valid) return;
    throw otherChainRefusal(node.rpc.name, whose, address);
  });
  return facts;
}

/**
 * Makes the node watch the policy address. The node of each PC must watch this address. Otherwise the node's
 * wallet returns an empty list of coins, without an error.
 * @returns '' if the node watches the address; otherwise a sentence with the next step
 */
export async function makeNodeWatchAddress(
  world: World,
  config: Config & { node: string },
  { address, network }: Trust,
  waits: WaitDisplay,
): Promise<string> {
  const node = await openNode(world, config, network.name, waits);
  world.stderr.write(addressImportText(address));
  try {
    await node.watch(address);
    return '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return addressNotWatchedText(address, error.message);
  }
}
