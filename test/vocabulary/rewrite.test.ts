import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type English, loadEnglish } from '../../src/vocabulary/english.ts';
import { TermIndex } from '../../src/vocabulary/matching/index-terms.ts';
import { rankTerms } from '../../src/vocabulary/matching/rank.ts';
import { replacements } from '../../src/vocabulary/matching/replace.ts';
import { rewrite } from '../../src/vocabulary/matching/rewrite.ts';
import type { Replacement } from '../../src/vocabulary/vocabulary.ts';
import { plainSentences } from '../bench/vocabulary/sets.ts';

let english: English;
let index: TermIndex;
beforeAll(async () => {
  english = await loadEnglish();
  index = new TermIndex(
    rankTerms({ files: ['src/parseConfig.ts'], identifiers: new Map([['getUserById', 3]]) }, english),
  );
});

const changed = (text: string, replacements: readonly Replacement[] = []) =>
  rewrite(text, { replacements, index, english });
const written = (text: string): string => changed(text).text;

describe('casing commands', () => {
  test.each([
    ['Rename it to camel case foo bar.', 'Rename it to fooBar.'],
    ['Camel case foo bar baz', 'fooBarBaz'],
    [
      'Add a function called snake case parse raw header, please.',
      'Add a function called parse_raw_header, please.',
    ],
    ['Make it a class pascal case user profile page.', 'Make it a class UserProfilePage.'],
    ['Call it kebab case user page please', 'Call it user-page please'],
    ['Add a constant all caps max retries.', 'Add a constant MAX_RETRIES.'],
    ['Add screaming snake case max retries and use it.', 'Add MAX_RETRIES and use it.'],
    ['Rename it to CamelCase foo bar.', 'Rename it to fooBar.'],
    ['Rename it to camel case get user by name in the helper.', 'Rename it to getUserByName in the helper.'],
  ])('%s', (said, expected) => {
    expect(written(said)).toBe(expected);
  });

  test.each([
    'We use snake case everywhere.',
    'Snake case names are easier to read.',
    'Should it be camel case or snake case?',
    'I prefer camel case.',
    'Do not write in all caps please.',
  ])('speaks of the style itself: %s', (said) => {
    expect(changed(said)).toEqual({ text: said, changes: [] });
  });
});

describe('signs that are said', () => {
  test.each([
    ['Run git push dash dash force.', 'Run git push --force.'],
    ['Use dash dash no dash verify there.', 'Use --no-verify there.'],
    ['Use double dash dry dash run.', 'Use --dry-run.'],
    ['Open types dot t s and look.', 'Open types.ts and look.'],
    ['Open vite dot config dot TS.', 'Open vite.config.ts.'],
    ['Add dot env to dot gitignore.', 'Add .env to .gitignore.'],
    ['Rename foo underscore bar.', 'Rename foo_bar.'],
    ['Slash compact', '/compact'],
    ['Type slash review now.', 'Type /review now.'],
    ['Write main open paren close paren here.', 'Write main ( ) here.'],
    ['Use triple equals there.', 'Use === there.'],
    ['Open parse config dot t s.', 'Open parseConfig.ts.'],
  ])('%s', (said, expected) => {
    expect(written(said)).toBe(expected);
  });

  test.each([
    'A red dot appears on the map.',
    'Slash the budget by half.',
    'He made a dash for the door.',
    'The dot at the end is missing.',
    'Both teams were equals in the game.',
    'Put an underscore in the name.',
  ])('the words themselves: %s', (said) => {
    expect(changed(said)).toEqual({ text: said, changes: [] });
  });
});

describe('the rules of the person', () => {
  const rules = [
    { from: 'jay query', to: 'jQuery' },
    { from: 'c++', to: 'C++' },
    { from: 'k eight s', to: 'Kubernetes' },
  ];

  test('stand first, for whole words in any case', () => {
    expect(changed('Jay  Query and jay queryable, c++ on k eight s.', rules).text).toBe(
      'jQuery and jay queryable, C++ on Kubernetes.',
    );
    expect(changed('Use jay query.', rules).changes).toEqual([
      { from: 'jay query', to: 'jQuery', at: 4, why: 'replace' },
    ]);
  });

  test('what stands there already is no change', () => {
    expect(changed('jQuery', [{ from: 'jquery', to: 'jQuery' }]).changes).toEqual([]);
  });
});

describe('rules', () => {
  const apply = (text: string, ...rules: [string, string][]) =>
    rewrite(text, {
      replacements: rules.map(([from, to]) => ({ from, to })),
      index: new TermIndex(),
      english,
    }).text;

  test('may have any sign in their phrase', () => {
    expect(apply('Send an e-mail about C plus plus.', ['e-mail', 'email'])).toBe(
      'Send an email about C plus plus.',
    );
    for (const from of [
      'a-b',
      'a.b',
      'a*b',
      '(a)',
      '[a]',
      'a{2}',
      'a|b',
      '^a$',
      'a\\b',
      'a/b',
      'a?',
      '$&',
      "don't",
      'a+',
      '#a',
      'a=b',
      'a:b',
      'a&b',
      '~a',
      '"a"',
      '\u{1f600}',
    ])
      expect(apply(`x ${from} y`, [from, '$1$&'])).toBe('x $1$& y');
  });

  test('are applied once to what was heard, the longest first, in whatever order the file has them', () => {
    const rules: [string, string][] = [
      ['red', 'green'],
      ['green', 'red'],
      ['red green', 'traffic light'],
    ];
    expect(apply('red, green, red green', ...rules)).toBe('green, red, traffic light');
    expect(apply('red, green, red green', ...rules.toReversed())).toBe('green, red, traffic light');
    expect(apply('one', ['one', 'two'], ['two', 'three'], ['two three', 'four'])).toBe('two');
    expect(apply('a b c d', ['a b', '1'], ['b c d', '2'])).toBe('a 2');
    expect(apply('one', ['one', 'first'], ['One', 'second'])).toBe('first');
    expect(apply('keep this one', ['this', 'that'], ['keep this', 'keep this'])).toBe('keep this one');
  });

  test('know whole words in every script', () => {
    expect(apply('naïve café, cafés', ['café', 'bar'])).toBe('naïve bar, cafés');
    expect(apply('运行测试代码', ['测试', 'test'])).toBe('运行test代码');
    expect(apply('don’t panic', ["don't", 'do not'])).toBe('do not panic');
    expect(apply('über', ['ber', 'x'])).toBe('über');
  });

  test('never throw, end, and change nothing but what they name', () => {
    const phrase = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
      .filter((each) => /\S/u.test(each));
    fc.assert(
      fc.property(fc.array(fc.tuple(phrase, fc.string()), { maxLength: 8 }), fc.string(), (rules, text) => {
        const heard = rules.length > 0 ? `${text} ${rules[0]?.[0]} ${text}` : text;
        const changes = replacements(
          heard,
          rules.map(([from, to]) => ({ from, to })),
        );
        for (const { from, at } of changes) expect(heard.slice(at, at + from.length)).toBe(from);
      }),
    );
  });
});

test('each change is of the text that the one before has left', () => {
  const said = 'Rename camel case foo bar, then get user by id and types dot t s.';
  const { text, changes } = changed(said);
  let now = said;
  for (const { from, to, at } of changes) {
    // Those of one kind tell their places in the same text; put in from the end they lead to the same.
    expect(said.includes(from) || now.includes(from)).toBe(true);
    now = now.replace(from, () => to);
    expect(at).toBeGreaterThanOrEqual(0);
  }
  expect(now).toBe(text);
  expect(changes.map(({ why }) => why)).toEqual(['casing', 'exact', 'symbol']);
});

test('plain English stays as it is, without a project as well', () => {
  for (const sentence of plainSentences()) {
    expect(rewrite(sentence, { replacements: [], index: new TermIndex(), english })).toEqual({
      text: sentence,
      changes: [],
    });
  }
});

test('any text gives a text, without new control characters, and a prompt is not made a command by a name', () => {
  const hostile = new TermIndex(
    rankTerms(
      {
        files: ['/quit.ts', '!rm -rf', 'a\u001b[31mb.ts'],
        identifiers: new Map(),
        own: ['/quit', '!ls', 'x\u0007y'],
      },
      english,
    ),
  );
  expect(rewrite('slash quit dot t s', { replacements: [], index: hostile, english }).text).not.toContain(
    '\u001b',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const { text: result } = rewrite(text, { replacements: [], index, english });
      const controls = (value: string): number => value.match(/\p{Cc}/gu)?.length ?? 0;
      expect(controls(result)).toBeLessThanOrEqual(controls(text));
    }),
  );
});
