import type { HiddenTerminal } from '../codex/codex.ts';
import { cleanPrompt } from '../codex/paste.ts';
import type { DaemonStatus } from '../control/protocol.ts';
import type { ControlHandlers, ControlPeer } from '../control/server.ts';
import { VoiceError } from '../errors.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import { stagePercentiles } from '../metrics/percentiles.ts';
import { readAudioFile } from '../microphone/audio-file.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { Utterance } from '../utterance.ts';
import { LiveUtterance } from './live-utterance.ts';
import type { Parts } from './parts.ts';

/** What the control socket needs of the daemon. */
export interface HandledDaemon {
  /** @throws VoiceError daemon-failed while it is still starting */
  readonly parts: Parts;
  readonly hotkey: HotkeyState;
  readonly settings: LoadedSettings;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** performance.now() when it started, ms. */
  readonly startedAt: number;
  reload(): Promise<boolean>;
  stop(): void;
  /** Ends, and begins anew with the program that is installed now. */
  restart(): void;
  /** Resolves with an utterance's record when it has ended. */
  ended(id: string, signal: AbortSignal): Promise<Utterance>;
}

/** What the daemon does for each request of the control socket. */
export function controlHandlers(daemon: HandledDaemon): ControlHandlers {
  const key = (type: 'toggle' | 'press' | 'release' | 'cancel') => async () => {
    const { loop } = daemon.parts;
    loop.dispatch({ type, at: performance.now() });
    return { stage: loop.stage.name };
  };
  const terminals = new Attached(() => daemon.parts.session.terminal);
  return {
    toggle: key('toggle'),
    press: key('press'),
    release: key('release'),
    cancel: key('cancel'),
    ask: async ({ text, audio, source, wait }, _peer, signal) => {
      const live =
        audio === undefined
          ? askText(daemon.parts, text ?? '', source)
          : await askAudio(daemon.parts, audio, daemon.env);
      return { id: live.id, utterance: wait ? await daemon.ended(live.id, signal) : null };
    },
    interrupt: async () => ({ interrupted: await daemon.parts.session.interrupt() }),
    status: async () => statusOf(daemon, terminals.count),
    history: async ({ query, limit, before }) => ({
      utterances: daemon.parts.journal.list({ query, limit, ...(before === undefined ? {} : { before }) }),
    }),
    stats: async ({ limit }) => {
      const timings = daemon.parts.journal.timings(limit);
      return { count: timings.length, stages: stagePercentiles(timings) };
    },
    config: async () => daemon.settings,
    reload: async () => ({ changed: await daemon.reload() }),
    attach: async (size, peer) => terminals.attach(peer, size),
    restart: async () => {
      const restarting = isIdle(daemon.parts, terminals.count);
      if (restarting) daemon.restart();
      return { restarting };
    },
    stop: async () => {
      daemon.stop();
      return {};
    },
    'terminal/input': ({ data }, peer) => terminals.input(peer, data),
    'terminal/resize': (size, peer) => terminals.resize(peer, size),
    detach: (_params, peer) => terminals.detach(peer),
  };
}

/** A typed prompt goes into the same queue as a spoken one. @throws VoiceError prompt-empty, prompt-too-long */
function askText(
  { journal, project, delivery, announcer }: Parts,
  text: string,
  source: 'cli' | 'editor',
): LiveUtterance {
  const live = LiveUtterance.begin(journal, source, project.name, {
    state: 'heard',
    prompt: cleanPrompt(text),
  });
  live.stopwatch.mark('textAt');
  announcer.heard(live.record);
  delivery.enqueue(live);
  return live;
}

async function askAudio({ hearing }: Parts, file: string, env: NodeJS.ProcessEnv): Promise<LiveUtterance> {
  return hearing.hearRecording(await readAudioFile(file, { env }), 'file');
}

function statusOf(daemon: HandledDaemon, attached: number): DaemonStatus {
  const { parts } = daemon;
  const { state, thread, model, transport, reason } = parts.session.status;
  const project = parts.project.name;
  return {
    version: daemon.version,
    pid: process.pid,
    uptime_s: Math.round((performance.now() - daemon.startedAt) / 1_000),
    stage: parts.loop.stage.name,
    idle: isIdle(parts, attached),
    project,
    session: { state, thread, model, transport, ...(reason ? { reason } : {}) },
    hotkey: daemon.hotkey,
    microphone: parts.microphone.state,
    transcriber: parts.transcriber.state,
    notifications: parts.notifier.state,
    pending: parts.session.pending.map((request) => ({ ...request, project })),
    queue: parts.delivery.queue.map(({ id, prompt }) => ({ id, prompt: prompt ?? '', project })),
    last: parts.journal.list({ limit: 1 })[0] ?? null,
  };
}

/** Would nobody mind if it ended now? @param attached how many look at the hidden terminal */
export function isIdle({ loop, delivery, session }: Parts, attached = 0): boolean {
  const working = session.status.state === 'working' || session.status.state === 'waiting';
  return loop.stage.name === 'idle' && !delivery.busy && !working && attached === 0;
}

interface Size {
  columns: number;
  rows: number;
}

/** Those who look at the hidden terminal; it has the size of the smallest window, and its own again afterwards. */
class Attached {
  readonly #terminal: () => HiddenTerminal;
  readonly #peers = new Map<ControlPeer, { size: Size; stop: () => void }>();
  #own: Size | null = null;

  constructor(terminal: () => HiddenTerminal) {
    this.#terminal = terminal;
  }

  /** How many there are. */
  get count(): number {
    return this.#peers.size;
  }

  async attach(peer: ControlPeer, size: Size): Promise<Size & { snapshot: string }> {
    if (this.#peers.has(peer))
      throw new VoiceError('usage', 'This client is attached already.', 'Detach first.');
    const terminal = this.#terminal();
    if (this.#peers.size === 0) this.#own = terminal.size;
    this.#peers.set(peer, { size, stop: () => undefined });
    peer.signal.addEventListener('abort', () => this.detach(peer), { once: true });
    this.#fit();
    const snapshot = terminal.snapshot();
    this.#peers.set(peer, { size, stop: terminal.onOutput((data) => peer.output(data)) });
    return { snapshot, ...terminal.size };
  }

  input(peer: ControlPeer, data: string): void {
    if (this.#peers.has(peer)) this.#terminal().write(data);
  }

  resize(peer: ControlPeer, size: Size): void {
    const attached = this.#peers.get(peer);
    if (!attached) return;
    attached.size = size;
    this.#fit();
  }

  detach(peer: ControlPeer): void {
    this.#peers.get(peer)?.stop();
    if (this.#peers.delete(peer)) this.#fit();
  }

  #fit(): void {
    const sizes = [...this.#peers.values()].map(({ size }) => size);
    const columns = Math.min(...sizes.map((size) => size.columns));
    const rows = Math.min(...sizes.map((size) => size.rows));
    const wanted = sizes.length > 0 ? { columns, rows } : this.#own;
    if (wanted) this.#terminal().resize(wanted.columns, wanted.rows);
  }
}
