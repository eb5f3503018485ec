import { describe, expect, test } from 'vitest';
import { phrasesOf, TRADE_PHRASES } from '../../src/vocabulary/phrases.ts';
import { TRADE_TERMS } from '../../src/vocabulary/trade.ts';
import type { Term, TermKind } from '../../src/vocabulary/vocabulary.ts';

const english = { isWord: (word: string) => ['config', 'hono', 'thing'].includes(word) };

function own(...names: (string | [written: string, kind: TermKind])[]): string[] {
  const terms = names.map((name): Term => {
    const [written, kind] = typeof name === 'string' ? [name, 'name' as const] : name;
    return { written, kind, weight: 0.5 };
  });
  return phrasesOf({ terms }, english).slice(TRADE_PHRASES.length);
}

describe('the phrases of a project', () => {
  test('are the spoken forms of its names', () => {
    expect(own('getUserById', 'parse_http_header', 'MAX_RETRIES', '--dry-run')).toEqual([
      'get user by id',
      'parse http header',
      'max retries',
      'dry run',
    ]);
  });

  test('keep the dot of a file, and single names as they are written', () => {
    expect(own('parseConfig.ts', 'Zustand', '.gitignore')).toEqual([
      'parse config.ts',
      'Zustand',
      'gitignore',
    ]);
  });

  test('leave out ordinary words, unless the user listed them', () => {
    expect(own('thing', 'Thing')).toEqual([]);
    expect(own(['thing', 'user'])).toEqual(['thing']);
  });

  test('leave out what is too long to be said, and repetitions', () => {
    expect(own('aVeryLongNameThatIsNeverSaid', 'getUser', 'get_user', 'GetUser')).toEqual(['get user']);
  });

  test('come after the terms of the trade, the likeliest first and no more than the engine can take', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `someThing${index}`);
    const phrases = phrasesOf(
      { terms: many.map((written) => ({ written, kind: 'name', weight: 1 })) },
      english,
    );
    expect(phrases).toHaveLength(TRADE_TERMS.length + 1_500);
    expect(phrases.slice(0, 2)).toEqual(['pytest', 'npm']);
    expect(phrases[TRADE_TERMS.length]).toBe('some thing 0');
  });
});

test('the terms of the trade are there once each', () => {
  expect(new Set(TRADE_TERMS).size).toBe(TRADE_TERMS.length);
  expect(TRADE_TERMS).toContain('PostgreSQL');
});
