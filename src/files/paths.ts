import { posix, win32 } from 'node:path';
import { homeOf, isFullPath } from './user-paths.ts';

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
  /** Windows: a file with the name and the key of the control pipe (src/control/pipe.ts). */
  controlSocket: string;
  /** Parent of the private folders of the Codex sessions. */
  sessions: string;
}

/** The folders of a platform that hold those of its programs. */
interface Bases {
  config: string;
  state: string;
  data: string;
  /** Folder of this program for what lasts as long as the daemon; null: in its state. */
  runtime: string | null;
}

/** Paths from the XDG variables; macOS uses the same layout. An empty or relative variable counts as unset. */
export function pathsOf(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Paths {
  const { join } = platform === 'win32' ? win32 : posix;
  const bases = platform === 'win32' ? windowsBases(env) : posixBases(env, platform);
  const state = join(bases.state, 'codex-voice');
  const runtime = bases.runtime ?? join(state, 'run');
  return {
    config: join(bases.config, 'codex-voice', 'config.toml'),
    state,
    journal: join(state, 'journal.sqlite'),
    log: join(state, 'codex-voice.log'),
    models: join(bases.data, 'codex-voice', 'models'),
    runtime,
    controlSocket: join(runtime, platform === 'win32' ? 'control.json' : 'control.sock'),
    sessions: join(runtime, 'codex'),
  };
}

/**
 * %LOCALAPPDATA%: files of this machine, which do not follow a roaming user and which only the user, the system and
 * administrators can read. Another folder is used if the variable names none.
 */
export function localAppData(env: NodeJS.ProcessEnv): string {
  const folder = env.LOCALAPPDATA ?? '';
  return isFullPath(folder, 'win32') ? folder : win32.join(homeOf(env, 'win32'), 'AppData', 'Local');
}

/** The XDG variables count too, except for the runtime folder: it holds a key, so it must be private. */
function windowsBases(env: NodeJS.ProcessEnv): Bases {
  const roaming = win32.join(homeOf(env, 'win32'), 'AppData', 'Roaming');
  const local = localAppData(env);
  const named = (value = ''): string | null => (isFullPath(value, 'win32') ? value : null);
  return {
    config: named(env.XDG_CONFIG_HOME) ?? named(env.APPDATA) ?? roaming,
    state: named(env.XDG_STATE_HOME) ?? local,
    data: named(env.XDG_DATA_HOME) ?? local,
    runtime: win32.join(local, 'codex-voice', 'run'),
  };
}

function posixBases(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Bases {
  const home = homeOf(env, platform);
  const named = (value = '', ...fallback: string[]): string =>
    value.startsWith('/') ? value : posix.join(home, ...fallback);
  const { XDG_RUNTIME_DIR: runtime = '' } = env;
  return {
    config: named(env.XDG_CONFIG_HOME, '.config'),
    state: named(env.XDG_STATE_HOME, '.local', 'state'),
    data: named(env.XDG_DATA_HOME, '.local', 'share'),
    runtime: runtime.startsWith('/') ? posix.join(runtime, 'codex-voice') : null,
  };
}
