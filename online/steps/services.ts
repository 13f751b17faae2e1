/** What a step of an issuance works with; a command makes it from the configuration, a test as it likes. */
import type { Trust } from '../../shared/trust.ts';
import type { OceanNode } from '../node/node.ts';
import type { LocalState } from '../platform/local-state.ts';
import type { World } from '../platform/world.ts';
import type { Store } from '../store/store.ts';

export interface Services {
  world: World;
  store: Store;
  node: OceanNode;
  trust: Trust;
  state: LocalState;
  /** A line for the person who waits; on stderr. */
  progress(text: string): void;
}
