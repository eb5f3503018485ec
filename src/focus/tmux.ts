import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { output } from '../processes/run.ts';

/**
 * The folder of the pane that a tmux client shows; null when it does not say. Only servers at the places where tmux
 * itself looks are asked (`-L`, TMUX_TMPDIR; not `-S`): a server can let those who ask it run programs. tmux 3.3a.
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
    // A daemon that was started in a pane would ask the server of that one.
    const { TMUX: _, ...outside } = env;
    const question = ['list-clients', '-F', '#{client_pid} #{pane_current_path}'];
    const clients = await output('tmux', [...options, ...question], { env: outside, signal });
    const line = clients.split('\n').find((each) => each.startsWith(`${client} `));
    return line?.slice(`${client} `.length) || null;
  } catch {
    return null; // It ended meanwhile, or is not ours: nobody can tell where the person is.
  }
}

/** The options of a command line of tmux that say which server; null: one at a place of its own. */
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
    if (token.kind !== 'option') break; // The command: what follows are its own.
    if (token.name === 'S') return null;
    if (token.name === 'L') return token.value && !token.value.includes('/') ? ['-L', token.value] : null;
  }
  return [];
}
