/** For tests: computes the state of events, and fails if one of them is not legal. */
import * as assert from 'uvu/assert';
import type { LedgerEvent } from '../event.ts';
import { illegal } from '../legal.ts';
import { apply, type LedgerState } from '../state.ts';

export function fold(...events: LedgerEvent[]): LedgerState {
  let state: LedgerState | null = null;
  for (const [i, event] of events.entries()) {
    assert.equal(illegal(state, event), null, `entry ${i}`);
    state = apply(state, event, i);
  }
  return state as LedgerState;
}
