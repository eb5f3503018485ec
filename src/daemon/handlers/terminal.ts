import type { HiddenTerminal } from '../../codex/codex.ts';
import type { ControlHandlers, ControlPeer } from '../../control/server.ts';
import { VoiceError } from '../../errors.ts';
import type { HandledDaemon } from '../handled-daemon.ts';
import type { Projects } from '../projects.ts';

type TerminalHandlers = Pick<ControlHandlers, 'attach' | 'terminal/input' | 'terminal/resize' | 'detach'>;

/** Looking at a hidden terminal, and typing into it. */
export function terminalHandlers(daemon: HandledDaemon, terminals: AttachedTerminals): TerminalHandlers {
  return {
    attach: async ({ project, ...size }, peer) =>
      terminals.attach(peer, size, project ?? daemon.parts.projects.current.name),
    'terminal/input': ({ data }, peer) => terminals.input(peer, data),
    'terminal/resize': (size, peer) => terminals.resize(peer, size),
    detach: (_params, peer) => terminals.detach(peer),
  };
}

interface Size {
  columns: number;
  rows: number;
}

/** Somebody who looks at a terminal. */
interface Viewer {
  terminal: HiddenTerminal;
  size: Size;
  stop: () => void;
}

/** Those who look at hidden terminals; each has the size of its smallest window, and its own again afterwards. */
export class AttachedTerminals {
  readonly #projects: () => Projects;
  readonly #viewers = new Map<ControlPeer, Viewer>();
  readonly #own = new Map<HiddenTerminal, Size>();

  constructor(projects: () => Projects) {
    this.#projects = projects;
  }

  /** How many there are. */
  get count(): number {
    return this.#viewers.size;
  }

  /** @throws VoiceError usage, project-unknown */
  async attach(peer: ControlPeer, size: Size, project: string): Promise<Size & { snapshot: string }> {
    const projects = this.#projects();
    const release = projects.watch(projects.named(project).name);
    try {
      const { terminal } = await projects.session(project);
      peer.signal.throwIfAborted();
      if (this.#viewers.has(peer)) {
        throw new VoiceError('usage', 'This client is attached already.', 'Detach first.');
      }
      if (!this.#own.has(terminal)) this.#own.set(terminal, terminal.size);
      const viewer = { terminal, size, stop: release };
      this.#viewers.set(peer, viewer);
      peer.signal.addEventListener('abort', () => this.detach(peer), { once: true });
      this.#fit(terminal);
      const snapshot = terminal.snapshot();
      const unlisten = terminal.onOutput((data) => peer.output(data));
      viewer.stop = () => {
        unlisten();
        release();
      };
      return { snapshot, ...terminal.size };
    } catch (error) {
      release();
      throw error;
    }
  }

  input(peer: ControlPeer, data: string): void {
    this.#viewers.get(peer)?.terminal.write(data);
  }

  resize(peer: ControlPeer, size: Size): void {
    const viewer = this.#viewers.get(peer);
    if (!viewer) return;
    viewer.size = size;
    this.#fit(viewer.terminal);
  }

  detach(peer: ControlPeer): void {
    const viewer = this.#viewers.get(peer);
    if (!viewer) return;
    this.#viewers.delete(peer);
    viewer.stop();
    this.#fit(viewer.terminal);
  }

  #fit(terminal: HiddenTerminal): void {
    const sizes = [...this.#viewers.values()]
      .filter((viewer) => viewer.terminal === terminal)
      .map(({ size }) => size);
    const columns = Math.min(...sizes.map((size) => size.columns));
    const rows = Math.min(...sizes.map((size) => size.rows));
    const wanted = sizes.length > 0 ? { columns, rows } : this.#own.get(terminal);
    if (sizes.length === 0) this.#own.delete(terminal);
    if (wanted) terminal.resize(wanted.columns, wanted.rows);
  }
}
