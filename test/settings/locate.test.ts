import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { type KeyPath, locateKeys } from '../../src/settings/locate.ts';

/** Every key of a document that ends in a value. */
function leaves(value: unknown, path: KeyPath = []): KeyPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Object.entries(value);
  return entries.flatMap(([key, each]) => leaves(each, [...path, Array.isArray(value) ? Number(key) : key]));
}

test('each key of any document is found where it is written', () => {
  const key = fc.oneof(fc.stringMatching(/^[a-z_-]{1,8}$/), fc.string({ minLength: 1, maxLength: 6 }));
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('"""', "'''", '# x', '[a]\nb = 1'),
  );
  const section = fc.dictionary(key, fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf)));
  const document = fc.dictionary(key, fc.oneof(leaf, section, fc.array(section, { minLength: 1 })));
  fc.assert(
    fc.property(document, (value) => {
      const toml = stringify(value);
      const lines = toml.split('\n');
      const locate = locateKeys(toml);
      const positions = new Set<string>();
      for (const path of leaves(value)) {
        const { line, column } = locate(path);
        const last = path.at(-1);
        const written = lines[line - 1]?.slice(column - 1) ?? '';
        if (typeof last === 'string' && /^[a-z_-]+$/.test(last)) expect(written.startsWith(last)).toBe(true);
        positions.add(`${line}:${column}`);
      }
      expect(positions.size).toBe(leaves(value).length);
    }),
    { numRuns: 300 },
  );
});

test('a key that is not there: the nearest table above it', () => {
  const locate = locateKeys('\n[a]\nb = 1\n[[c]]\nd = 1\n  [[c]]\n[c.e]\nf = 1');
  expect(locate(['a', 'zz'])).toEqual({ line: 2, column: 1 });
  expect(locate(['c', 0, 'd'])).toEqual({ line: 5, column: 1 });
  expect(locate(['c', 1, 'zz'])).toEqual({ line: 6, column: 3 });
  expect(locate(['c', 1, 'e', 'f'])).toEqual({ line: 8, column: 1 });
  expect(locate(['zz'])).toEqual({ line: 1, column: 1 });
});

test('long texts do not exhaust the stack', () => {
  const long = 'x\\n'.repeat(300_000);
  expect(locateKeys(`a = "${long}"\nb = """${long}"""\nc = 1`)(['c']).line).toBe(3);
});
