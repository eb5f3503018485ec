import { isAbsolute, join } from 'node:path';
import type { Logger } from 'pino';
import { findProgram, NOT_INSTALLED } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';
import { allOf, openSocket } from '../../wayland/lines.ts';
import { riverChord } from '../bindings/chords.ts';
import { keyCommand } from '../bindings/client.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver, HotkeySession } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { notBound } from '../refused-key.ts';

interface RiverDriverOptions {
  listen: Chord;
  cancel: Chord;
  /** WAYLAND_DISPLAY and XDG_RUNTIME_DIR are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** The release of a key is mapped apart from its press. */
const EDGES = [
  { flags: [], call: 'Press' },
  { flags: ['-release'], call: 'Release' },
] as const;

/** Runs `riverctl` with these arguments. */
type Riverctl = (args: readonly string[]) => ReturnType<typeof run>;

/**
 * The hotkey of river: mappings made by `riverctl`, in no file, which call the daemon over the session bus. The keys come
 * through `BusKeys`. Written after the source of riverctl 0.3; not run on river.
 */
export function riverDriver({ listen, cancel, env, logger }: RiverDriverOptions): HotkeyDriver {
  const riverctl: Riverctl = (args) => run('riverctl', args, { env });
  return {
    name: 'river',
    lost: (reason) => lostReport(reason, 'river', 'The key is mapped again when river is back.'),
    async unavailable() {
      if (!env.WAYLAND_DISPLAY) return 'river does not run here';
      if ((await findProgram('riverctl', env)) === null) return `riverctl: ${NOT_INSTALLED}`;
      if (riverChord(listen) === null) return 'river maps no commands to mouse buttons';
      // It changes nothing, and fails in another compositor.
      const { status, words } = await riverctl(['list-inputs']);
      return status === 0 ? null : `river does not answer (${words})`;
    },
    async serve(outlet, signal) {
      // A client that asks for nothing notices when the compositor ends, which forgets the mappings.
      using compositor = await openSocket(displayOf(env), signal);
      const command = await keyCommand(env);
      const keys = riverChord(listen)?.split(' ') ?? [];
      const cancelKey = new CancelKey(riverChord(cancel), command('Cancel'), { riverctl, logger });
      try {
        for (const { flags, call } of EDGES) {
          const mapping = ['map', ...flags, 'normal', ...keys, 'spawn', command(call)];
          const { status, words } = await riverctl(mapping);
          if (status !== 0) throw notBound(listen, 'river', words);
        }
        outlet.changed(null);
        outlet.attach(cancelKey);
        await allOf(compositor).catch(() => '');
      } finally {
        await cancelKey.end();
        for (const { flags } of EDGES) await riverctl(['unmap', ...flags, 'normal', ...keys]);
      }
      return new Error(signal.aborted ? 'closed' : 'river has ended');
    },
  };
}

/** The cancel key, which is mapped only while codex-voice listens. */
class CancelKey implements HotkeySession {
  readonly #keys: string[] | null;
  readonly #command: string;
  readonly #riverctl: Riverctl;
  readonly #logger: Logger;
  #mapped = false;
  /** One change after the other. */
  #changing: Promise<void> = Promise.resolve();

  /** @param keys null: river cannot map them */
  constructor(
    keys: string | null,
    command: string,
    { riverctl, logger }: { riverctl: Riverctl; logger: Logger },
  ) {
    this.#keys = keys?.split(' ') ?? null;
    this.#command = command;
    this.#riverctl = riverctl;
    this.#logger = logger;
  }

  setListening(listening: boolean): void {
    this.#changing = this.#changing.then(() => this.#set(listening));
  }

  async end(): Promise<void> {
    this.setListening(false);
    await this.#changing;
  }

  async #set(listening: boolean): Promise<void> {
    if (listening === this.#mapped || this.#keys === null) return;
    this.#mapped = listening;
    const { status, words } = await this.#riverctl(
      listening
        ? ['map', 'normal', ...this.#keys, 'spawn', this.#command]
        : ['unmap', 'normal', ...this.#keys],
    );
    if (status !== 0) this.#logger.warn({ error: words, listening }, 'river did not change the cancel key');
  }
}

function displayOf({ WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' }: NodeJS.ProcessEnv): string {
  return isAbsolute(WAYLAND_DISPLAY) ? WAYLAND_DISPLAY : join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY);
}
