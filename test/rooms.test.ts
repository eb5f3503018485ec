import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Each import of a file of src/ from another room, as `[file, room]`. */
function importsOf(room: string): [file: string, room: string][] {
  const files = globSync(`src/${room}/**/*.ts`, { cwd: ROOT });
  expect(files.length, room).toBeGreaterThan(0);
  return files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)]
      .map(([, path = '']) => normalize(join(dirname(file), path)).split(sep)[1] ?? '')
      .filter((other) => other !== room)
      .map((other): [string, string] => [file, other]);
  });
}

describe('the rooms around an agent', () => {
  it.each([
    ['terminal', ['errors.ts', 'processes']],
    ['agent', ['terminal', 'text', 'errors.ts']],
  ])('%s imports no other rooms than these', (room, allowed) => {
    expect(importsOf(room).filter(([, other]) => !allowed.includes(other))).toEqual([]);
  });

  it.each(['daemon', 'control', 'attach', 'reply', 'ui', 'commands', 'journal'])(
    'codex does not import %s',
    (room) => {
      expect(importsOf('codex').filter(([, other]) => other === room)).toEqual([]);
    },
  );

  it('nothing but the composition root imports codex, and that one file of it', () => {
    const outside = globSync('src/**/*.ts', { cwd: ROOT }).filter(
      (file) => !file.startsWith(join('src', 'codex')),
    );
    const imports = outside.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/'(\.[^']*\/codex\/[^']+)'/g)].map(([, path]) => [
        file,
        path,
      ]),
    );
    expect(imports).toEqual([[join('src', 'daemon', 'agent.ts'), '../codex/agent.ts']]);
  });
});
