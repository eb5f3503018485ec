import { beforeAll, describe, expect, test } from 'vitest';
import { isManifest, namesInManifest } from '../../src/vocabulary/collect/manifests.ts';
import { isReadable, isSecret } from '../../src/vocabulary/collect/readable.ts';
import { type English, loadEnglish } from '../../src/vocabulary/english.ts';
import { countIdentifiers } from '../../src/vocabulary/identifiers.ts';
import { TermIndex } from '../../src/vocabulary/matching/index-terms.ts';
import { rankTerms } from '../../src/vocabulary/matching/rank.ts';
import { isCompound, partsOf } from '../../src/vocabulary/parts.ts';
import { likeness, soundsOf } from '../../src/vocabulary/sounds.ts';
import { promptWith, soundingAlike } from '../bench/vocabulary/prompt.ts';

test.each([
  ['getUserById', ['get', 'user', 'by', 'id']],
  ['parseHTTPHeader', ['parse', 'http', 'header']],
  ['parse_config.ts', ['parse', 'config', 'ts']],
  ['--no-ignore', ['no', 'ignore']],
  ['isBase64Encoded', ['is', 'base', '64', 'encoded']],
  ['MAX_RETRIES', ['max', 'retries']],
  ['größeÄndern', ['größe', 'ändern']],
])('the parts of %s', (name, parts) => {
  expect(partsOf(name)).toEqual(parts);
});

test('what is one word', () => {
  expect(['hono', 'Context', '_private', 'getUser', 'a.ts', 'utf8'].map(isCompound)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('identifiers are counted; hashes, minified lines and what is too short or long are not', () => {
  const counts = new Map<string, number>();
  countIdentifiers(`const getUser = getUser(x);\n// deadbeef12 ${'a'.repeat(60)}\n`, counts);
  countIdentifiers(`function minified(){${'x1=y2;'.repeat(100)}}`, counts);
  expect(Object.fromEntries(counts)).toEqual({ const: 1, getUser: 2 });
});

test('sounds: what is alike and what is not', () => {
  const alike = (one: string, other: string): number => likeness(soundsOf(one), soundsOf(other));
  expect(alike('cash', 'cache')).toBeGreaterThan(0.7);
  expect(alike('jason', 'json')).toBeGreaterThan(0.8);
  expect(alike('funk', 'func')).toBe(1);
  expect(alike('queue', 'cue')).toBeGreaterThan(0.6);
  expect(alike('banana', 'router')).toBeLessThan(0.4);
});

describe('manifests', () => {
  test.each([
    [
      'package.json',
      JSON.stringify({
        name: '@acme/app',
        scripts: { 'build:web': '' },
        dependencies: { zod: '4' },
        devDependencies: { '@biomejs/biome': '2' },
      }),
      ['@acme/app', 'app', 'build:web', 'zod', '@biomejs/biome', 'biome'],
    ],
    [
      'api/pyproject.toml',
      '[project]\nname = "flaskr"\ndependencies = ["requests[socks]>=2"]\n[project.optional-dependencies]\ndev = ["pytest"]',
      ['flaskr', 'requests', 'pytest'],
    ],
    [
      'Cargo.toml',
      '[package]\nname = "ripgrep"\n[dependencies]\nserde = "1"\n[workspace.dependencies]\nbstr = "1"',
      ['ripgrep', 'serde', 'bstr'],
    ],
    [
      'go.mod',
      'module github.com/acme/tool\n\nrequire (\n\tgithub.com/spf13/cobra/v2 v2.0.0\n)',
      ['tool', 'cobra'],
    ],
    ['requirements.txt', '# comment\nDjango==5\n-r other.txt\n', ['Django']],
    ['Gemfile', "source 'x'\ngem 'rails', '8'", ['rails']],
    ['package.json', '{ broken', []],
    ['Cargo.toml', '= broken', []],
    ['package.json', 'null', []],
  ])('%s', (path, text, names) => {
    expect(isManifest(path)).toBe(true);
    expect(namesInManifest(path, text).toSorted()).toEqual(names.toSorted());
  });
});

describe('what is read', () => {
  test.each(['src/main.ts', 'a/b/views.py', 'docs/guide.md', 'crates/core/main.rs', 'src/keyboard.ts'])(
    '%s is',
    (path) => {
      expect(isReadable(path)).toBe(true);
    },
  );
  test.each([
    '.env',
    '.env.local',
    'app/.env.production',
    'prod.env',
    '.npmrc',
    '.netrc',
    'id_rsa',
    'id_ed25519.pub',
    'server.pem',
    'tls/server.key',
    'secrets.yaml',
    'config/credentials.json',
    'my-secret-notes.md',
    'terraform.tfvars',
    'x.tfstate',
    '.aws/config.toml',
    'service-account.json',
    'private_key.ts',
    'passwords.py',
  ])('%s may hold secrets', (path) => {
    expect(isSecret(path)).toBe(true);
    expect(isReadable(path)).toBe(false);
  });
  test.each(['package-lock.json', 'app.min.js', 'vendor/x.go', 'logo.png', 'a.snap', 'Cargo.lock'])(
    '%s says nothing',
    (path) => {
      expect(isReadable(path)).toBe(false);
    },
  );
});

describe('ranking and the prompt', () => {
  let english: English;
  beforeAll(async () => {
    english = await loadEnglish();
  });

  test('the own words first, then what was spoken of, what was changed, what is frequent; no plain English', () => {
    const { terms } = rankTerms(
      {
        files: ['src/oldFile.ts', 'src/newFile.ts'],
        identifiers: new Map([
          ['parseAll', 900],
          ['rareName', 2],
          ['value', 5_000],
        ]),
        recent: new Set(['src/newFile.ts']),
        mentioned: ['spokenOf'],
        own: ['Grafana'],
      },
      english,
    );
    const order = terms.map(({ written }) => written);
    expect(order.slice(0, 2)).toEqual(['Grafana', 'spokenOf']);
    expect(order.indexOf('newFile.ts')).toBeLessThan(order.indexOf('oldFile.ts'));
    expect(order.indexOf('parseAll')).toBeLessThan(order.indexOf('rareName'));
    expect(order).not.toContain('value');
  });

  test('few words, those that sound like what was heard, in sentences', () => {
    const identifiers = new Map(
      ['getUserById', 'PickSchema', 'renderTemplate', 'closeServer'].map((name) => [name, 5]),
    );
    const index = new TermIndex(rankTerms({ files: [], identifiers }, english));
    const terms = soundingAlike('Make pitch schema call get user by idea.', index).map(
      ({ written }) => written,
    );
    expect(terms.toSorted()).toEqual(['PickSchema', 'getUserById']);
    expect(promptWith(terms)).toMatch(
      /^[A-Z][^.?]* (?:PickSchema|getUserById) [^.?]*(?:PickSchema|getUserById)[.?]$/,
    );
    expect(soundingAlike('The weather is nice today.', index)).toEqual([]);
    expect(promptWith([])).toBeUndefined();
  });
});
