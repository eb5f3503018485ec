import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { codexHome } from '../codex-home.ts';

/** Contexts whose actions get a key before or together with the composer (Codex 0.169.0 and 0.171.0). */
const AROUND_COMPOSER = ['global', 'chat', 'composer', 'editor'];
const ON_REQUESTS = ['approval', 'list'];

/** The keys that are typed into the hidden terminal, and the action that each must trigger. */
const TYPED: readonly { context: string; action: string; key: string; among: readonly string[] }[] = [
  { context: 'composer', action: 'submit', key: 'enter', among: AROUND_COMPOSER },
  { context: 'chat', action: 'interrupt_turn', key: 'esc', among: AROUND_COMPOSER },
  { context: 'pager', action: 'page_down', key: 'page-down', among: [...AROUND_COMPOSER, 'pager'] },
  { context: 'approval', action: 'approve', key: 'y', among: ON_REQUESTS },
  { context: 'approval', action: 'approve_for_session', key: 'a', among: ON_REQUESTS },
  { context: 'approval', action: 'decline', key: 'esc', among: ON_REQUESTS },
];

/** Other names of these keys in Codex. */
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
 * Returns settings (`KEY=VALUE`, for -c) that give the typed keys their default actions despite the user's keymap.
 * Names only actions that the user has bound, because a Codex that refuses unknown ones has accepted those. All other
 * keys stay the user's, for an attached window.
 * @param tui the table `tui` of Codex's configuration; anything else yields []
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
    // `composer.submit` falls back to `global.submit`.
    const own = wanted.get(name) ?? wanted.get(`global.${action}`);
    if (own) wanted.set(name, [key, ...without(own, key)]);
  }
  if (wanted.has('global.toggle_vim_mode')) wanted.set('global.toggle_vim_mode', []);
  const before = new Map(bound.map(({ name, keys }) => [name, keys.join(' ')]));
  const changed = [...wanted].filter(([name, keys]) => keys.join(' ') !== before.get(name));
  return [
    ...changed.map(([name, keys]) => `tui.keymap.${name}=${JSON.stringify(keys)}`),
    // In normal mode, letters are commands.
    ...(settings.vim_mode_default ? ['tui.vim_mode_default=false'] : []),
  ];
}

/** Reads the table `tui` from config.toml in CODEX_HOME; undefined when it is missing or unreadable. */
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

/** Removes bindings that begin with this key, including sequences of keys. */
function without(keys: readonly string[], key: string): string[] {
  return keys.filter((binding) => {
    const first = binding.trim().toLowerCase().split(/\s+/u)[0] ?? '';
    return (ALIASES[first] ?? first) !== key;
  });
}
