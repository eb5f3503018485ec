import type { LoadedSettings } from './load.ts';

/** The effective settings as TOML, for `config print`. */
export function formatSettings({ settings }: LoadedSettings): string {
  const { project, replace, ...sections } = settings;
  const tables = Object.entries(sections).map(([name, section]) => {
    const lines = Object.entries(section).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    return `[${name}]\n${lines.join('\n')}\n`;
  });
  const projects = project.map(
    ({ name, path, aliases }) =>
      `[[project]]\nname = ${JSON.stringify(name)}\npath = ${JSON.stringify(path)}\naliases = ${JSON.stringify(aliases)}\n`,
  );
  const replacements = replace.map(
    ({ from, to }) => `[[replace]]\nfrom = ${JSON.stringify(from)}\nto = ${JSON.stringify(to)}\n`,
  );
  return [...tables, ...replacements, ...projects].join('\n');
}
