/** For tests: computes the state after a list of events, and fails if an event is not legal. */
import * as assert from 'uvu/assert';
import type { LedgerEvent } from '../ledger-event.ts';
import { applyEvent, type LedgerState } from '../ledger-state.ts';
import { whyEventIllegal } from '../legality.ts';

export function stateAfterEvents(...events: LedgerEvent[]): LedgerState {
  let state: LedgerState | null = null;
  for (const [i, event] of events.entries()) {
    assert.equal(whyEventIllegal(state, event), null, `entry ${i}`);
    state = applyEvent(state, event, i);
  }
  return state as LedgerState;
}
