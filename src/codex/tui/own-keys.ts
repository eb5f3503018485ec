import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { codexHome } from '../codex-home.ts';

/** Actions of these contexts hear a key before the composer does, or beside it (Codex 0.169.0 and 0.171.0). */
const AROUND_COMPOSER = ['global', 'chat', 'composer', 'editor'];
const ON_REQUESTS = ['approval', 'list'];

/** The keys that are typed into the hidden terminal, and the action that each must stand for. */
const TYPED: readonly { context: string; action: string; key: string; among: readonly string[] }[] = [
  { context: 'composer', action: 'submit', key: 'enter', among: AROUND_COMPOSER },
  { context: 'chat', action: 'interrupt_turn', key: 'esc', among: AROUND_COMPOSER },
  { context: 'pager', action: 'page_down', key: 'page-down', among: [...AROUND_COMPOSER, 'pager'] },
  { context: 'approval', action: 'approve', key: 'y', among: ON_REQUESTS },
  { context: 'approval', action: 'approve_for_session', key: 'a', among: ON_REQUESTS },
  { context: 'approval', action: 'decline', key: 'esc', among: ON_REQUESTS },
];

/** Other names that Codex takes for these keys. */
const ALIASES: Readonly<Record<string, string>> = {
  return: 'enter',
  escape: 'esc',
  pagedown: 'page-down',
  pgdn: 'page-down',
};

const bindings = z.union([z.string().transform((key) => [key]), z.array(z.string())]).nullish();
const tuiSettings = z.object({
  vim_mode_default: z.boolean().nullish(),
  keymap: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Settings (`KEY=VALUE`, for -c) under which the keys that are typed into the hidden terminal do what they do in a
 * Codex without a keymap. Only actions that the user has bound are named: a Codex that refuses what it does not know
 * has accepted those already. All other keys stay the user's, for a window that is attached.
 * @param tui the table `tui` of Codex's configuration; what is no such table yields nothing
 */
export function ownKeys(tui: unknown): string[] {
  const settings = tuiSettings.safeParse(tui).data;
  if (!settings) return [];
  const bound = boundActions(settings.keymap ?? {});
  const wanted = new Map(bound.map(({ name, keys }) => [name, keys]));
  for (const { context, action, key, among } of TYPED) {
    const name = `${context}.${action}`;
    for (const { name: other, context: place } of bound) {
      if (other === name || !among.includes(place)) continue;
      wanted.set(other, without(wanted.get(other) ?? [], key));
    }
    // `global.submit` is what `composer.submit` falls back to.
    const own = wanted.get(name) ?? wanted.get(`global.${action}`);
    if (own) wanted.set(name, [key, ...without(own, key)]);
  }
  if (wanted.has('global.toggle_vim_mode')) wanted.set('global.toggle_vim_mode', []);
  const before = new Map(bound.map(({ name, keys }) => [name, keys.join(' ')]));
  const changed = [...wanted].filter(([name, keys]) => keys.join(' ') !== before.get(name));
  return [
    ...changed.map(([name, keys]) => `tui.keymap.${name}=${JSON.stringify(keys)}`),
    // In its normal mode letters are commands.
    ...(settings.vim_mode_default ? ['tui.vim_mode_default=false'] : []),
  ];
}

/** The table `tui` of the config.toml in CODEX_HOME; undefined where there is none, or none that can be read. */
export async function tuiTable(env: NodeJS.ProcessEnv, logger: Logger): Promise<unknown> {
  const file = join(codexHome(env), 'config.toml');
  try {
    return parse(await readFile(file, 'utf8')).tui;
  } catch (error) {
    logger.debug({ err: error }, "Codex's config.toml was not read"); // Codex itself says what is wrong with it.
    return undefined;
  }
}

interface BoundAction {
  context: string;
  /** `composer.submit` */
  name: string;
  keys: string[];
}

function boundActions(keymap: Readonly<Record<string, unknown>>): BoundAction[] {
  const contexts = Object.entries(keymap).map(
    ([context, actions]) => [context, z.record(z.string(), bindings).safeParse(actions).data ?? {}] as const,
  );
  return contexts.flatMap(([context, actions]) =>
    Object.entries(actions).flatMap(([action, keys]) =>
      keys ? [{ context, name: `${context}.${action}`, keys }] : [],
    ),
  );
}

/** Bindings but those that begin with this key: a sequence of keys takes its first one as well. */
function without(keys: readonly string[], key: string): string[] {
  return keys.filter((binding) => {
    const first = binding.trim().toLowerCase().split(/\s+/u)[0] ?? '';
    return (ALIASES[first] ?? first) !== key;
  });
}
