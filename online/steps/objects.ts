/** Keys of the store, and the bounds of what is read from them. */
export const keys = {
  mapping: 'map.json',
  olderMapping: 'ps1_map.json',
  olderTransactions: 'ps1_tx.json',
  coins: 'ptxo.dat',
  proposals: 'proposals/',
  request: (digest: string) => `proposals/${digest}/request.json`,
  signatures: (digest: string, controller: number) => `proposals/${digest}/signatures-${controller}.json`,
  /** Made once, by whoever is first: its transactions may be sent, or it is given up. Never both. */
  decision: (digest: string) => `proposals/${digest}/decision.json`,
  /** Marks of a proposal that is no longer open: their names alone tell, so that a listing is enough. */
  givenUp: (digest: string) => `proposals/${digest}/given-up.json`,
  published: (digest: string) => `proposals/${digest}/published.json`,
  /** The claim; after a request that held it was given up, the next claim lies below the mapping's name. */
  successor: (mapping: string, after?: string) =>
    after === undefined ? `successors/${mapping}.json` : `successors/${mapping}/${after}.json`,
  histories: 'history/',
  /** What only a store has that had a mapping. */
  traces: ['history/', 'successors/', 'issuances/'],
  history: (mapping: string) => `history/${mapping}.json`,
  issuances: 'issuances/',
  /** Which request made a published mapping, and its transactions. */
  issuance: (mapping: string) => `issuances/${mapping}.json`,
} as const;

export const JSON_TYPE = 'application/json';
export const MAX_COINS_BYTES = 16 * 1024 * 1024;
export const MAX_SIGNATURES_BYTES = 256 * 1024;
export const MAX_RECORD_BYTES = 1024 * 1024;
