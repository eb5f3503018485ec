import pino from 'pino';
import type { PromptFate } from '../../src/agent/session.ts';
import { Change } from '../../src/codex/change.ts';
import type { QueuePlace } from '../../src/codex/prompt-queue.ts';
import type { GateView } from '../../src/codex/tui/gate.ts';
import { readScreen } from '../../src/codex/tui/screen.ts';
import type { PromptTurn } from '../../src/codex/turn.ts';
import type { ErrorReport } from '../../src/errors.ts';
import type { ScreenRow } from '../../src/terminal/hidden-terminal.ts';
import type { PtyTerminal } from '../../src/terminal/pty-terminal.ts';

const ENTER = '\r';
/** The prompt that the fake terminal understands. */
export const PROMPT = 'look at this';
export const IDLE: GateView['thread'] = { type: 'idle' };
export const ACTIVE: GateView['thread'] = { type: 'active', activeFlags: [] };

/** A terminal with a composer, and a Codex that accepts what is sent. */
export class FakePlace implements QueuePlace {
  readonly change = new Change();
  readonly turns = new Set<PromptTurn>();
  readonly logger = pino({ level: 'silent' });
  readonly thread = 'thread';
  status: GateView['thread'] = IDLE;
  phase: GateView['phase'] = 'ready';
  pid = 1;
  draft = '';
  entered: string[] = [];
  cleared = 0;
  fate: PromptFate = { kind: 'absent' };
  /** What happens after a paste, in turn. */
  pasted: (() => void)[] = [];
  sent = (): void => this.accept();
  /** What comes of it when the terminal is ended. */
  ended: () => unknown = () => undefined;
  readonly tui: QueuePlace['tui'];
  trouble: ErrorReport | null = null;
  /** True: prompts can be sent without the terminal. */
  optional = false;
  retries = 0;
  /** True: the screen shows nothing. */
  blank = false;

  constructor() {
    const place = this;
    const terminal = {
      get pid() {
        return place.pid;
      },
      rows: () => this.rows(),
      write: (keys: string) => this.write(keys),
    } as unknown as PtyTerminal;
    this.tui = {
      terminal,
      get trouble() {
        return place.trouble;
      },
      giveUp: (reason) => {
        if (place.optional) place.trouble = reason;
        return place.optional;
      },
      retry: () => {
        place.retries += 1;
      },
      clear: async () => {
        this.cleared += 1;
        this.restart();
        this.ended();
      },
    };
  }

  get view(): GateView {
    return {
      phase: this.phase,
      reason: undefined,
      thread: this.status,
      interruptedAt: Number.NEGATIVE_INFINITY,
      pending: [],
      screen: readScreen(this.rows()),
    };
  }

  async fateOf(): Promise<PromptFate> {
    return this.fate;
  }

  rows(): ScreenRow[] {
    if (this.blank) return [];
    const composer = this.draft
      ? { text: `› ${this.draft}`, dim: false }
      : { text: '› Ask Codex to do anything', dim: true };
    return [composer, { text: '  ? for shortcuts', dim: true }];
  }

  write(keys: string): void {
    if (keys === ENTER) {
      this.entered.push(this.draft);
      this.draft = '';
      setImmediate(() => {
        this.sent();
        this.change.notify();
      });
    } else {
      this.draft = PROMPT;
      this.pasted.shift()?.();
    }
    this.change.notify();
  }

  restart(): void {
    this.pid += 1;
    this.draft = '';
  }

  accept(): void {
    for (const turn of this.turns) turn.accept('turn', 0);
    this.change.notify();
  }
}
