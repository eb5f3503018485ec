import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { output } from '../processes/run.ts';

/**
 * Returns the working folder of the pane that a tmux client shows; null when it is unknown. Asks only servers at the
 * places where tmux itself looks (`-L`, TMUX_TMPDIR; not `-S`), because a server can make its clients run programs.
 * tmux 3.3a.
 * @param client process id
 */
export async function tmuxFolder(
  client: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const [, ...words] = (await readFile(`/proc/${client}/cmdline`, 'utf8')).split('\0');
    const options = serverOptions(words);
    if (options === null) return null;
    // In a daemon that was started in a pane, TMUX would lead to the server of that pane.
    const { TMUX: _, ...outside } = env;
    const question = ['list-clients', '-F', '#{client_pid} #{pane_current_path}'];
    const clients = await output('tmux', [...options, ...question], { env: outside, signal });
    const line = clients.split('\n').find((each) => each.startsWith(`${client} `));
    return line?.slice(`${client} `.length) || null;
  } catch {
    return null; // It ended meanwhile, or belongs to another user.
  }
}

/** Returns the options of a tmux command line that select the server; null when it is at an unusual place (`-S`). */
export function serverOptions(words: readonly string[]): string[] | null {
  const value = (short: string) => ({ type: 'string', short }) as const;
  const { tokens } = parseArgs({
    args: [...words],
    options: { L: value('L'), S: value('S'), T: value('T'), c: value('c'), f: value('f') },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') break; // The command begins: the options after it are its own.
    if (token.name === 'S') return null;
    if (token.name === 'L') return token.value && !token.value.includes('/') ? ['-L', token.value] : null;
  }
  return [];
}
