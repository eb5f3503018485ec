import { homedir } from 'node:os';
import { join } from 'node:path';

/** Paths of the program's files. All are private to the user. */
export interface Paths {
  /** config.toml, written by the user. */
  config: string;
  /** Folder of the journal, the log and other state. */
  state: string;
  journal: string;
  log: string;
  /** Downloaded models. */
  models: string;
  /** Folder of the control socket (0700). */
  runtime: string;
  controlSocket: string;
  /** Parent of the private folders of the Codex sessions. */
  sessions: string;
}

/** Paths from the XDG variables; macOS uses the same layout. An empty or relative variable counts as unset. */
export function pathsOf(env: NodeJS.ProcessEnv = process.env): Paths {
  const home = env.HOME || homedir();
  const folder = (variable: string, fallback: string): string => {
    const value = env[variable];
    return join(value?.startsWith('/') ? value : fallback, 'codex-voice');
  };
  const state = folder('XDG_STATE_HOME', join(home, '.local', 'state'));
  const runtimeBase = env.XDG_RUNTIME_DIR;
  const runtime = runtimeBase?.startsWith('/') ? join(runtimeBase, 'codex-voice') : join(state, 'run');
  return {
    config: join(folder('XDG_CONFIG_HOME', join(home, '.config')), 'config.toml'),
    state,
    journal: join(state, 'journal.sqlite'),
    log: join(state, 'codex-voice.log'),
    models: join(folder('XDG_DATA_HOME', join(home, '.local', 'share')), 'models'),
    runtime,
    controlSocket: join(runtime, 'control.sock'),
    sessions: join(runtime, 'codex'),
  };
}
