import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type English, loadEnglish } from '../../src/vocabulary/english.ts';
import { TermIndex } from '../../src/vocabulary/matching/index-terms.ts';
import { matchTerms } from '../../src/vocabulary/matching/match.ts';
import { rankTerms } from '../../src/vocabulary/matching/rank.ts';
import { plainSentences, treeOf } from '../bench/vocabulary/sets.ts';

const NAMES =
  'getUserById useEffect endpointer zodSchema parse_low_raw HttpServer statusCode user_id vitest hono fooBar errorMessage RegexMatcherBuilder render_template isBase64Encoded';
const FILES = [
  'src/parseConfig.ts',
  'src/get-path.ts',
  'pyproject.toml',
  'src/cli/main.rs',
  '.gitignore',
  'app/views.py',
];

let english: English;
let index: TermIndex;
beforeAll(async () => {
  english = await loadEnglish();
  const identifiers = new Map(NAMES.split(' ').map((name, at) => [name, 100 - at]));
  index = new TermIndex(
    rankTerms({ files: FILES, identifiers, names: ['login-form'], own: ['Grafana'] }, english),
  );
});

const written = (text: string): string => matchTerms(text, index, english).text;

describe('names as Whisper writes them when they are said', () => {
  test.each([
    ['Rename get user by id to something else.', 'Rename getUserById to something else.'],
    ['Where do we use Get User by ID?', 'Where do we use getUserById?'],
    ['Fix the get user by I.D. function.', 'Fix the getUserById function.'],
    ['Replace use effect, please.', 'Replace useEffect, please.'],
    ['The end pointer is too slow.', 'The endpointer is too slow.'],
    ['Look at zod schema here.', 'Look at zodSchema here.'],
    ['Open parse config dot t s and look.', 'Open parseConfig.ts and look.'],
    ['Open parse config dot TS.', 'Open parseConfig.ts.'],
    ['Open Parse Config.ts.', 'Open parseConfig.ts.'],
    ['Open ParseConfig.ts, please.', 'Open parseConfig.ts, please.'],
    ['Add it to pie project dot toml.', 'Add it to pyproject.toml.'],
    ['See get dash path dot t s.', 'See get-path.ts.'],
    ['See get path dot T.S.', 'See get-path.ts.'],
    ['What is in views dot pie?', 'What is in views.py?'],
    ['Call parse low raw twice.', 'Call parse_low_raw twice.'],
    ['Does the H T T P server start?', 'Does the HttpServer start?'],
    ['The regex matcher builder is new.', 'The RegexMatcherBuilder is new.'],
    ['We call reg x matcher builder there.', 'We call RegexMatcherBuilder there.'],
    ['Test is base 64 encoded.', 'Test isBase64Encoded.'],
    [
      'Test is base sixty four encoded, also render template.',
      'Test is base sixty four encoded, also render_template.',
    ],
    ['Run it with vee test again.', 'Run it with vitest again.'],
    ['Merge the login dash form branch.', 'Merge the login-form branch.'],
  ])('%s', (heard, expected) => {
    expect(written(heard)).toBe(expected);
  });

  test('what sounds nearly so is taken where it can be nothing else, and says so', () => {
    const { text, changes } = matchTerms(
      'Why does the zodgma schema fail in render templade?',
      index,
      english,
    );
    expect(text).toContain('render_template');
    expect(changes).toContainEqual({ from: 'render templade', to: 'render_template', at: 35, why: 'sound' });
  });

  test('words that often follow each other are a name only where the sentence says so', () => {
    expect(written('Show the error message to the user.')).toBe('Show the error message to the user.');
    expect(written('Rename error message to text.')).toBe('Rename errorMessage to text.');
    expect(written('The status code is wrong.')).toBe('The status code is wrong.');
    expect(written('The variable status code is wrong.')).toBe('The variable statusCode is wrong.');
  });

  test('of names that sound the same, the class after "class" and the likelier one else', () => {
    const identifiers = new Map(
      ['linearRouter', 'LinearRouter', 'linear_router'].map((name, at) => [name, 9 - at]),
    );
    const same = new TermIndex(rankTerms({ files: [], identifiers }, english));
    expect(matchTerms('The linear router class is long.', same, english).text).toBe(
      'The LinearRouter class is long.',
    );
    expect(matchTerms('Why is linear router slow?', same, english).text).toBe('Why is linearRouter slow?');
  });

  test('a name is not looked for across punctuation, and one that is there stays', () => {
    expect(written('We get user. By id it is sorted.')).toBe('We get user. By id it is sorted.');
    expect(written('getUserById and parseConfig.ts')).toBe('getUserById and parseConfig.ts');
  });

  test('each change tells where it was', () => {
    const heard = 'Use effect calls get user by id.';
    const { text, changes } = matchTerms(heard, index, english);
    expect(text).toBe('useEffect calls getUserById.');
    expect(changes).toEqual([
      { from: 'Use effect', to: 'useEffect', at: 0, why: 'exact' },
      { from: 'get user by id', to: 'getUserById', at: 17, why: 'exact' },
    ]);
  });
});

describe('plain English', () => {
  test('at most one word in two hundred is changed, whichever project it is', () => {
    for (const name of ['hono', 'flask', 'ripgrep']) {
      const { files, identifiers } = treeOf(name);
      const found = { files, identifiers: new Map(Object.entries(identifiers)) };
      const whole = new TermIndex(rankTerms(found, english));
      let words = 0;
      let changed = 0;
      for (const sentence of plainSentences()) {
        words += sentence.split(' ').length;
        for (const { from } of matchTerms(sentence, whole, english).changes)
          changed += from.split(' ').length;
      }
      expect(changed / words).toBeLessThanOrEqual(0.005);
    }
  });

  test('text without names stays', () => {
    const words = fc.constantFrom(
      ...'the a tree house green walks slowly and then of water river blue sky it was'.split(' '),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (sentence) => {
        const text = sentence.join(' ');
        expect(matchTerms(text, index, english)).toEqual({ text, changes: [] });
      }),
    );
  });
});

describe('any text', () => {
  const spoken = fc.constantFrom(
    ...'get user by id use effect end pointer parse config dot t s the a status code . , low raw zod schema getUserById is'.split(
      ' ',
    ),
  );
  const anything = fc.oneof(fc.string({ unit: 'grapheme' }), spoken);
  const text = fc.array(anything, { maxLength: 30 }).map((parts) => parts.join(' '));

  test('a second time changes nothing', () => {
    fc.assert(
      fc.property(text, (heard) => {
        const once = written(heard);
        expect(written(once)).toBe(once);
      }),
    );
  });

  test('nothing invisible comes in, and the changes lead from the one text to the other', () => {
    fc.assert(
      fc.property(text, (heard) => {
        const { text: result, changes } = matchTerms(heard, index, english);
        const controls = (value: string): number => value.match(/\p{C}/gu)?.length ?? 0;
        expect(controls(result)).toBeLessThanOrEqual(controls(heard));
        expect(changes.length === 0).toBe(result === heard);
      }),
    );
  });

  test('the time grows with the text, not with its square', () => {
    const sentence =
      'Please get user by idea and end points in the reg x matcher of the base and use it effectively. ';
    const time = (bytes: number): number => {
      const long = sentence.repeat(Math.ceil(bytes / sentence.length));
      const started = performance.now();
      matchTerms(long, index, english);
      return performance.now() - started;
    };
    time(5_000);
    const short = Math.min(...[1, 2, 3].map(() => time(5_000)));
    const long = Math.min(...[1, 2, 3].map(() => time(20_000)));
    expect(long).toBeLessThan(Math.max(short, 5) * 12);
  });
});
