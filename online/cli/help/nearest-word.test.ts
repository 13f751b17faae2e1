import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearestWord } from './nearest-word.ts';

const WORDS = ['status', 'submit', 'next', 'map init', 'map show', 'coins scan', 'qr show'];

test('a mistyped word gives the intended word as a suggestion', () => {
  const typed: [string, string | undefined][] = [
    ['statsu', 'status'],
    ['STATUS', 'status'],
    ['stauts', 'status'],
    ['sumbit', 'submit'],
    ['nxt', 'next'],
    ['map intit', 'map init'],
    ['coin scan', 'coins scan'],
    ['frobnicate', undefined],
    ['', undefined],
    ['s'.repeat(1_000_000), undefined],
  ];
  for (const [word, expected] of typed) assert.is(nearestWord(word, WORDS), expected, word.slice(0, 20));
});

test.run();
