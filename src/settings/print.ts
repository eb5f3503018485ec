import type { LoadedSettings } from './load.ts';

/** The effective settings as TOML, for `config print`: defaults that are not built are marked. */
export function formatSettings({ settings, inactive }: LoadedSettings): string {
  const { project, replace, ...sections } = settings;
  const tables = Object.entries(sections).map(([name, section]) => {
    const lines = Object.entries(section).map(([key, value]) => {
      const note = inactive.includes(`${name}.${key}`) ? '  # not built in this version' : '';
      return `${key} = ${JSON.stringify(value)}${note}`;
    });
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
