import { z } from 'zod';

/** `additionalPermissions` and `permissions` of Codex 0.169.0. A field that is not listed is shown as JSON. */
const subpath = z.string().nullish();
const place = z.union([
  z.strictObject({ type: z.literal('path'), path: z.string() }).transform(({ path }) => path),
  z
    .strictObject({ type: z.literal('glob_pattern'), pattern: z.string() })
    .transform(({ pattern }) => pattern),
  z
    .strictObject({ type: z.literal('special'), value: z.strictObject({ kind: z.string(), subpath }) })
    .transform(({ value }) => specialPlace(value.kind, value.subpath ?? null)),
]);
const paths = z.array(z.string()).nullish();
const fileSystem = z.strictObject({
  // Codex 0.169.0 repeats these among the entries.
  read: paths,
  write: paths,
  globScanMaxDepth: z.number().nullish(),
  entries: z.array(z.strictObject({ path: place, access: z.enum(['read', 'write', 'deny']) })).nullish(),
});
const permissions = z.strictObject({
  network: z.strictObject({ enabled: z.boolean().nullish() }).nullish(),
  fileSystem: fileSystem.nullish(),
});

interface DescribedPermissions {
  /** Everything that would be granted, one item a line. Untrusted text. */
  lines: string[];
  dangers: string[];
}

const SPECIAL: Record<string, string> = {
  root: 'all files on this computer',
  project_roots: 'the project',
  tmpdir: 'the folder for temporary files',
  slash_tmp: '/tmp',
  minimal: 'the system files that every program needs',
};
const WORDS = { read: 'read', write: 'write', deny: 'do not touch' } as const;

/** Describes the permissions that Codex requests beyond its sandbox. Unknown forms are shown as JSON. */
export function describePermissions(asked: unknown): DescribedPermissions {
  const { data } = permissions.safeParse(asked);
  if (data === undefined) {
    return { lines: [JSON.stringify(asked)], dangers: ['cannot be read'] };
  }
  const files = [
    ...(data.fileSystem?.entries ?? []).map(({ path, access }) => `${WORDS[access]} ${oneLine(path)}`),
    ...(data.fileSystem?.read ?? []).map((path) => `read ${oneLine(path)}`),
    ...(data.fileSystem?.write ?? []).map((path) => `write ${oneLine(path)}`),
  ];
  const network = data.network?.enabled === true;
  const lines = [...(network ? ['use the network'] : []), ...new Set(files)];
  return {
    lines: lines.length > 0 ? lines : ['nothing'],
    dangers: network ? ['uses the network'] : [],
  };
}

function specialPlace(kind: string, below: string | null): string {
  return [SPECIAL[kind] ?? kind, below].filter(Boolean).join(': ');
}

/** A line break in a path would look like another permission. */
function oneLine(path: string): string {
  return path.replaceAll('\n', '␊').replaceAll('\t', '␉');
}
