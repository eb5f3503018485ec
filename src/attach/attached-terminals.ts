import type { LiveOverview, Overview } from '../control/overview.ts';
import type { CheckedParams } from '../control/params.ts';
import type { ControlPeer } from '../control/server.ts';
import { VoiceError } from '../errors.ts';
import type { HiddenTerminal } from '../terminal/hidden-terminal.ts';
import type { KnownWindow } from '../windows/raise.ts';
import { windows } from '../wording/status.ts';
import { paintStatus, statusLine } from './status-line.ts';
import { isTyped, mouseWithin } from './typed-keys.ts';
import { Viewer } from './viewer.ts';

/** xterm's keys. Codex 0.169.0 runs on the alternate screen and scrolls its conversation with them. */
const PAGE_UP = '\x1b[5~';
const PAGE_DOWN = '\x1b[6~';

interface Size {
  columns: number;
  rows: number;
}

/** The source of the terminals: the projects. */
interface TerminalSource {
  readonly current: { name: string };
  /** @throws VoiceError project-unknown */
  called(name: string): { name: string };
  /** Keeps the session from being parked until the returned function is called. */
  watch(name: string): () => void;
  session(name: string): Promise<{ terminal: HiddenTerminal }>;
}

/** A pop-up window that shows a terminal. */
export interface PopupWindow extends KnownWindow {
  /** Scrolls to the newest rows. */
  follow(): void;
  /** Asks the terminal to raise its window, or at least to request attention. */
  call(): void;
}

/** De-iconify and raise (XTWINOPS of xterm), and the bell, which most desktops show as a mark. */
const COME_FORWARD = '\x1b[1t\x1b[5t\x07';

/** A client that shows a terminal. */
interface Attached {
  project: string;
  /** The window that was opened for it, if any. */
  popup: PopupWindow | null;
  terminal: HiddenTerminal;
  viewer: Viewer;
  /** Size of its window. */
  size: Size;
  statusLine: boolean;
  colour: boolean;
  /** The status line as it was painted last, and its input: most frames do not change it. */
  footer: { of: string; overview: Overview | null; painted: string };
  stop: () => void;
}

/**
 * Connects clients to hidden terminals. While clients are attached, a terminal has the size of the smallest window;
 * afterwards its own size again.
 */
export class AttachedTerminals {
  readonly #projects: () => TerminalSource;
  readonly #overview: LiveOverview;
  readonly #attached = new Map<ControlPeer, Attached>();
  readonly #own = new Map<HiddenTerminal, Size>();
  readonly #comes = new Map<string, PromiseWithResolvers<void>>();

  constructor(projects: () => TerminalSource, overview: LiveOverview) {
    this.#projects = projects;
    this.#overview = overview;
  }

  /** Number of attached clients. */
  get count(): number {
    return this.#attached.size;
  }

  /** Names of the clients attached to a project. */
  windows(project: string): string[] {
    return [...this.#attached].filter(([, each]) => each.project === project).map(([peer]) => peer.name);
  }

  /** Returns the newest pop-up window of a project. */
  popup(project: string): PopupWindow | null {
    const shown = [...this.#attached.values()].filter((each) => each.project === project);
    return shown.findLast(({ popup }) => popup !== null)?.popup ?? null;
  }

  /** Resolves when a pop-up window of the project is attached. */
  untilPopup(project: string): Promise<void> {
    const known = this.#comes.get(project) ?? Promise.withResolvers<void>();
    this.#comes.set(project, known);
    return known.promise;
  }

  /** @throws VoiceError usage, project-unknown */
  async attach(
    peer: ControlPeer,
    { columns, rows, project: name, status_line, no_color, paced, window }: CheckedParams<'attach'>,
  ): Promise<Size & { snapshot: string }> {
    const projects = this.#projects();
    const project = name === undefined ? projects.current.name : projects.called(name).name;
    const release = projects.watch(project);
    try {
      const { terminal } = await projects.session(project);
      peer.signal.throwIfAborted();
      if (this.#attached.has(peer)) {
        throw new VoiceError('usage', 'This client is already attached.', 'Detach first.');
      }
      if (!this.#own.has(terminal)) this.#own.set(terminal, terminal.size);
      let snapshot: string | null = '';
      const viewer: Viewer = new Viewer({
        frame: (scroll) => {
          const frame = terminal.frame(scroll);
          return status_line ? { ...frame, title: windows.attached(frame.title || project) } : frame;
        },
        footer: () => (status_line ? this.#footer(attached) : ''),
        footerRow: () => attached.size.rows,
        send: (data) => {
          if (snapshot === null) peer.output(data);
          else snapshot += data;
          if (!paced) viewer.painted();
        },
      });
      const attached: Attached = {
        project,
        popup: window?.popup
          ? {
              pid: window.pid,
              ...(window.display === undefined ? {} : { display: window.display }),
              ...(window.id === undefined ? {} : { id: window.id }),
              class: classOf(project),
              follow: () => viewer.follow(),
              call: () => peer.output(COME_FORWARD),
            }
          : null,
        terminal,
        viewer,
        size: { columns, rows },
        statusLine: status_line,
        colour: !no_color,
        footer: { of: '', overview: null, painted: '' },
        stop: () => undefined,
      };
      const stop = this.#listen(peer, attached, release);
      const gone = (): void => this.detach(peer);
      peer.signal.addEventListener('abort', gone, { once: true });
      this.#attached.set(peer, {
        ...attached,
        stop: () => {
          peer.signal.removeEventListener('abort', gone);
          stop();
        },
      });
      this.#fit(terminal);
      viewer.changed();
      const painted = snapshot;
      snapshot = null;
      if (attached.popup) {
        this.#comes.get(project)?.resolve();
        this.#comes.delete(project);
      }
      return { snapshot: painted, ...terminal.size };
    } catch (error) {
      release();
      throw error;
    }
  }

  input(peer: ControlPeer, data: string): void {
    const attached = this.#attached.get(peer);
    if (!attached) return;
    const { viewer, terminal } = attached;
    if (isTyped(data)) viewer.follow();
    const { columns, rows } = terminal.size;
    terminal.write(mouseWithin(data, columns, rows));
  }

  resize(peer: ControlPeer, size: Size): void {
    const attached = this.#attached.get(peer);
    if (!attached) return;
    Object.assign(attached.size, size);
    this.#fit(attached.terminal);
    attached.viewer.repaint();
  }

  painted(peer: ControlPeer): void {
    this.#attached.get(peer)?.viewer.painted();
  }

  scroll(peer: ControlPeer, rows: number): void {
    const attached = this.#attached.get(peer);
    if (!attached) return;
    const { terminal, viewer } = attached;
    // A full-screen program keeps its own history, and scrolls it with keys.
    const pages = Math.max(1, Math.round(Math.abs(rows) / (terminal.size.rows / 2)));
    if (terminal.scrollback === 0) terminal.write((rows > 0 ? PAGE_UP : PAGE_DOWN).repeat(pages));
    else viewer.scroll(rows, terminal.scrollback);
  }

  detach(peer: ControlPeer): void {
    const attached = this.#attached.get(peer);
    if (!attached) return;
    this.#attached.delete(peer);
    attached.stop();
    this.#fit(attached.terminal);
  }

  #listen(peer: ControlPeer, { terminal, viewer }: Attached, release: () => void): () => void {
    const stops = [
      terminal.onPainted(() => viewer.changed()),
      terminal.onPassed((data) => peer.output(data)),
      this.#overview.onChange(() => viewer.changed()),
      () => viewer.close(),
      release,
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #footer({ project, terminal, viewer, size, colour, footer }: Attached): string {
    const hidden = terminal.size;
    const overview = this.#overview.now;
    const of = [size.columns, size.rows, hidden.columns, hidden.rows, viewer.scrolled].join();
    if (footer.overview === overview && footer.of === of) return footer.painted;
    const smaller = hidden.columns < size.columns || hidden.rows < size.rows - 1;
    const line = statusLine(overview, {
      project,
      columns: size.columns,
      scrolled: viewer.scrolled,
      ...(smaller ? { smaller: hidden } : {}),
    });
    Object.assign(footer, { of, overview, painted: paintStatus(line, colour) });
    return footer.painted;
  }

  #fit(terminal: HiddenTerminal): void {
    const sizes = [...this.#attached.values()]
      .filter((attached) => attached.terminal === terminal)
      .map(({ size, statusLine: own }) => ({ ...size, rows: Math.max(1, size.rows - (own ? 1 : 0)) }));
    const columns = Math.min(...sizes.map((size) => size.columns));
    const rows = Math.min(...sizes.map((size) => size.rows));
    const wanted = sizes.length > 0 ? { columns, rows } : this.#own.get(terminal);
    if (sizes.length === 0) this.#own.delete(terminal);
    if (wanted) terminal.resize(wanted.columns, wanted.rows);
    for (const attached of this.#attached.values())
      if (attached.terminal === terminal) attached.viewer.changed();
  }
}

/** Window class, for the rules of a window manager and for finding the window again. */
export function classOf(project: string): string {
  const word = project.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `codex-voice-${word.replaceAll(/^-|-$/g, '') || 'project'}`;
}
