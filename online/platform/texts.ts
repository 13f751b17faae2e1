/** Sentences that several folders print. */

/** For a failure that ends when the network, a server or the node is available again. */
export const RUN_AGAIN = 'Then run the command again. Each step is safe to repeat.';
