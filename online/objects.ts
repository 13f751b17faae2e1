/** Keys of the store, and the bounds of what is read from them. */
export const keys = {
  mapping: 'map.json',
  olderMapping: 'ps1_map.json',
  olderTransactions: 'ps1_tx.json',
  coins: 'ptxo.dat',
  proposals: 'proposals/',
  request: (digest: string) => `proposals/${digest}/request.json`,
  signatures: (digest: string, controller: number) => `proposals/${digest}/signatures-${controller}.json`,
  /** Made once when a proposal is given up or published: the listing alone tells which ones are open. */
  closed: (digest: string) => `proposals/${digest}/closed.json`,
  successor: (mapping: string) => `successors/${mapping}.json`,
  history: (mapping: string) => `history/${mapping}.json`,
} as const;

export const JSON_TYPE = 'application/json';
export const MAX_COINS_BYTES = 16 * 1024 * 1024;
export const MAX_CLAIM_BYTES = 64 * 1024;
