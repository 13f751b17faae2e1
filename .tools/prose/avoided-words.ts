/** Words and constructions that this project avoids, with their replacements. */

export interface Avoided {
  pattern: RegExp;
  instead: string;
}

export const AVOIDED: readonly Avoided[] = [
  { pattern: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  { pattern: /\b(tells?|told)\b/i, instead: 'say, print, report or show' },
  { pattern: /\bstands?\b(?! (?:in|for)\b)/i, instead: 'is, is open, is stored' },
  { pattern: /\blies in\b/i, instead: 'is stored in' },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\bthe way on\b/i, instead: 'the next step' },
  { pattern: /\b(takes?|has) the turn\b/i, instead: 'is the open proposal' },
  { pattern: /\bthat one\b/i, instead: 'the noun' },
  { pattern: /\bof ours\b/i, instead: 'the noun: our tool, our fault' },
  { pattern: /\b(what|all) of it\b/i, instead: 'the noun' },
  { pattern: /\bis the one\b/i, instead: 'is, matches' },
  { pattern: /\bWhat is not\b/, instead: 'the noun: invalid input' },
  { pattern: /\bThere is no telling\b/i, instead: 'cannot verify' },
  { pattern: /\bfor good\b/i, instead: 'permanently' },
  { pattern: /\bcomes? to nothing\b/i, instead: 'fails' },
  { pattern: /\bthen repeat\b/i, instead: 'then run the command again' },
  { pattern: /\bpassed over\b/i, instead: 'skipped' },
  { pattern: /\bnot there any more\b/i, instead: 'no longer exists' },
  { pattern: /\bleft as it is\b/i, instead: 'not changed' },
  { pattern: /\bto be had\b/i, instead: 'available' },
  { pattern: /\ball the same\b/i, instead: 'anyway, still' },
  { pattern: /\bas (it|they) should be\b/i, instead: 'as expected' },
  { pattern: /\bhave the node\b/i, instead: 'start the node; the node imports, searches' },
  { pattern: /\bgoes on (with|where)\b/i, instead: 'continues' },
  { pattern: /\bstays so\b/i, instead: 'the error remains' },
  { pattern: /\bat stake\b/i, instead: 'risk' },
  { pattern: /\bin the clear\b/i, instead: 'as plain text' },
  { pattern: /\bwas led to\b/i, instead: 'has built on' },
];

/**
 * Largest number of words in a sentence. Sentences should have at most 25 words, but a few sentences with
 * lists need more.
 */
export const MOST_WORDS = 30;
