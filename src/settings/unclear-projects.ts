import { nameKey } from '../text/project-name.ts';
import { keyName, type Unplaced } from './problems.ts';
import type { Settings } from './schema.ts';

/**
 * Finds projects whose names or aliases sound alike, or that share a folder: which one is meant would be unclear.
 * `auto` is a separate choice (`codex-voice use auto`).
 */
export function unclearProjects(projects: Settings['project']): Unplaced[] {
  const names = new Map<string, number | null>([['auto', null]]);
  const folders = new Map<string, number | null>();
  return projects.flatMap(({ name, path, aliases }, index) => {
    const check = (
      taken: Map<string, number | null>,
      key: string,
      value: string,
      place: (string | number)[],
    ) => {
      const other = taken.get(key);
      if (other === undefined) taken.set(key, index);
      if (other === undefined || other === index) return [];
      const whose = other === null ? '`codex-voice use auto`' : JSON.stringify(projects[other]?.name);
      const full = ['project', index, ...place];
      return [
        { key: keyName(full), path: full, what: `${JSON.stringify(value)} already stands for ${whose}` },
      ];
    };
    return [
      ...check(names, nameKey(name) || name, name, ['name']),
      ...check(folders, path.replace(/(?<=.)\/+$/, ''), path, ['path']),
      ...aliases.flatMap((alias, at) => check(names, nameKey(alias) || alias, alias, ['aliases', at])),
    ];
  });
}
