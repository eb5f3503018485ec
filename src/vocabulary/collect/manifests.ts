import { parse } from 'smol-toml';

const MANIFEST =
  /(?:^|\/)(?:package\.json|deno\.jsonc?|pyproject\.toml|Cargo\.toml|go\.mod|requirements[\w-]*\.txt|Gemfile|composer\.json)$/u;

export function isManifest(path: string): boolean {
  return MANIFEST.test(path);
}

/** The names of packages, scripts and programs in a manifest; none when it cannot be read. */
export function namesInManifest(path: string, text: string): string[] {
  try {
    if (path.endsWith('.json')) return namesInJson(JSON.parse(text));
    if (path.endsWith('.toml')) return namesInToml(parse(text));
  } catch {
    return [];
  }
  if (path.endsWith('go.mod')) return goModules(text);
  if (path.endsWith('Gemfile'))
    return [...text.matchAll(/^\s*gem\s+['"]([\w-]+)/gmu)].map((match) => match[1] ?? '');
  return text.split('\n').flatMap(requirement);
}

function namesInJson(manifest: unknown): string[] {
  const packages = [
    'dependencies',
    'devDependencies',
    'peerDependencies',
    'optionalDependencies',
    'require',
    'imports',
  ];
  const names = packages.flatMap((key) => keysOf(at(manifest, key))).flatMap(packageNames);
  return [
    ...stringsOf(at(manifest, 'name')).flatMap(packageNames),
    ...keysOf(at(manifest, 'scripts')),
    ...names,
  ];
}

/** `@scope/name` is also called by its last part. */
function packageNames(name: string): string[] {
  return name.startsWith('@') ? [name, name.slice(name.indexOf('/') + 1)] : [name];
}

function namesInToml(manifest: unknown): string[] {
  const tables = [manifest, at(manifest, 'workspace'), at(manifest, 'tool', 'poetry')];
  const keys = ['dependencies', 'dev-dependencies', 'build-dependencies'];
  const optional = Object.values(Object(at(manifest, 'project', 'optional-dependencies')) as object);
  return [
    ...stringsOf(at(manifest, 'package', 'name'), at(manifest, 'project', 'name')),
    ...tables.flatMap((table) => keys.flatMap((key) => keysOf(at(table, key)))),
    ...keysOf(at(manifest, 'project', 'scripts')),
    ...[at(manifest, 'project', 'dependencies'), ...optional].flatMap((list) =>
      Array.isArray(list) ? list.flatMap((each) => requirement(String(each))) : [],
    ),
  ];
}

/** `requests[socks]>=2.0` -> requests. */
function requirement(line: string): string[] {
  const name = /^\s*([A-Za-z][\w.-]*)/u.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

/** The last part of a path that is not a version: `github.com/spf13/cobra/v2` -> cobra. */
function goModules(text: string): string[] {
  return [...text.matchAll(/^(?:module\s+|require\s+|\s+)([\w./~-]+\/[\w./~-]+)/gmu)].flatMap(
    ({ 1: path = '' }) => {
      const name = path.split('/').findLast((part) => !/^v\d+$/u.test(part));
      return name === undefined ? [] : [name];
    },
  );
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function stringsOf(...values: unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}
