import { describe, expect, it } from 'vitest';
import { parseChord } from '../../src/hotkey/chord.ts';
import { KeyThread, ORDERS } from '../../src/hotkey/windows/thread.ts';
import { FakeInputQueue } from '../support/fake-input-queue.ts';

const SPACE = 0x20;
const ESCAPE = 0x1b;
const CONTROL = 0x11;
const X_DOWN = 0x20b;
const X_UP = 0x20c;

/** A thread whose clock and queue the test moves. */
class Stand {
  readonly queue = new FakeInputQueue();
  readonly reports: string[] = [];
  readonly thread: KeyThread;
  at = 1_000;

  constructor(listen = 'Ctrl+Alt+Space', cancel = 'Escape') {
    this.thread = new KeyThread({
      queue: this.queue,
      listen: parseChord(listen),
      cancel: parseChord(cancel),
      retryMs: 3_000,
      report: (report) => {
        this.reports.push(report.type === 'refused' ? `${report.chord} refused: ${report.why}` : report.type);
      },
      now: () => this.at,
    });
  }

  /** Runs until everything that was put into the queue is done; it is then told to end. */
  run(...messages: { message: number; wParam: number }[]): string[] {
    this.queue.messages.push(...messages, ORDERS.end);
    this.thread.run();
    return this.reports;
  }

  /** Presses a hotkey. */
  press(modifiers: number, key: number): void {
    const message = this.queue.hotkey(modifiers, key);
    if (message === null) throw new Error('that key is not registered');
    this.thread.take(message, this.at);
  }

  /** Looks as often as the thread would. @param milliseconds how long */
  look(milliseconds: number): void {
    for (const end = this.at + milliseconds; this.at < end; this.at += 15) this.thread.look(this.at);
  }
}

/** A thread that has grabbed its keys, and is asked step by step from here on. */
function begun(listen?: string, cancel?: string): Stand {
  const stand = new Stand(listen, cancel);
  stand.thread.begin();
  stand.reports.length = 0;
  return stand;
}

describe('a key', () => {
  it('is registered, and let go at the end', () => {
    const stand = new Stand();
    expect(stand.run()).toEqual(['thread', 'grabbed']);
    expect(stand.queue.registered.size).toBe(0);
  });

  it('sleeps without a limit while no key is down', () => {
    const stand = begun();
    expect(stand.thread.patience).toBeNull();
    stand.press(3, SPACE);
    expect(stand.thread.patience).toBe(15);
  });

  it('is pressed and released once, however often it repeats', () => {
    const stand = begun();
    stand.queue.down.add(SPACE);
    for (let n = 0; n < 20; n += 1) {
      stand.press(3, SPACE);
      stand.look(30);
    }
    expect(stand.reports).toEqual(['press']);
    stand.queue.down.delete(SPACE);
    stand.look(45);
    expect(stand.reports).toEqual(['press', 'release']);
  });

  it('is not released by a single look that says so', () => {
    const stand = begun();
    stand.queue.down.add(SPACE);
    stand.press(3, SPACE);
    stand.look(30);
    stand.queue.down.delete(SPACE);
    stand.thread.look(stand.at);
    stand.queue.down.add(SPACE);
    stand.look(60);
    expect(stand.reports).toEqual(['press']);
  });

  it('counts as a tap when it was let go before the first look', () => {
    const stand = begun();
    stand.press(3, SPACE);
    stand.look(150);
    expect(stand.reports).toEqual(['press']);
    stand.look(60);
    expect(stand.reports).toEqual(['press', 'release']);
  });

  it('is tried again while another program has it, and reported once', () => {
    const stand = new Stand();
    stand.queue.taken.add(`3/${SPACE}`);
    stand.thread.begin();
    expect(stand.reports).toEqual(['listen refused: 1409']);
    expect(stand.thread.patience).toBe(3_000);
    stand.look(7_000);
    expect(stand.reports).toEqual(['listen refused: 1409']);
    stand.queue.taken.clear();
    stand.look(3_100);
    expect(stand.reports).toEqual(['listen refused: 1409', 'grabbed']);
    expect(stand.thread.patience).toBeNull();
  });

  it('is refused for good where the layout lacks it', () => {
    const stand = new Stand('Ctrl+[');
    stand.thread.begin();
    expect(stand.reports).toEqual(['listen refused: no-key']);
    expect(stand.thread.patience).toBeNull();
  });
});

describe('the cancel key', () => {
  it('is registered only while listening', () => {
    const stand = begun('F9');
    expect(stand.queue.hotkey(0, ESCAPE)).toBeNull();
    stand.thread.take(ORDERS.listening, stand.at);
    stand.press(0, ESCAPE);
    stand.thread.take(ORDERS.idle, stand.at);
    expect(stand.queue.hotkey(0, ESCAPE)).toBeNull();
    expect(stand.reports).toEqual(['cancel']);
  });

  it('works while the modifiers of the listen key are held', () => {
    const stand = begun();
    stand.thread.take(ORDERS.listening, stand.at);
    stand.press(3, ESCAPE);
    expect(stand.reports).toEqual(['cancel']);
    stand.thread.take(ORDERS.idle, stand.at);
    expect(stand.queue.registered.size).toBe(1);
  });

  it('is reported when it is taken, and listening goes on', () => {
    const stand = begun();
    stand.queue.taken.add(`0/${ESCAPE}`);
    stand.thread.take(ORDERS.listening, stand.at);
    stand.press(3, SPACE);
    expect(stand.reports).toEqual(['cancel refused: 1409', 'press']);
  });

  it('does nothing when its message comes late', () => {
    const stand = begun('F9');
    stand.thread.take(ORDERS.listening, stand.at);
    const late = stand.queue.hotkey(0, ESCAPE);
    stand.thread.take(ORDERS.idle, stand.at);
    if (late) stand.thread.take(late, stand.at);
    expect(stand.reports).toEqual([]);
  });
});

describe('a mouse button', () => {
  it('is kept from the apps with its release, and no other button is', () => {
    const stand = begun('Mouse8');
    expect(stand.queue.mouse(X_DOWN, 1)).toBe(true);
    expect(stand.queue.mouse(X_DOWN, 2)).toBe(false);
    expect(stand.queue.mouse(0x201)).toBe(false);
    expect(stand.queue.mouse(X_UP, 2)).toBe(false);
    expect(stand.queue.mouse(X_UP, 1)).toBe(true);
    expect(stand.queue.mouse(X_UP, 1)).toBe(false);
    expect(stand.reports).toEqual(['press', 'release']);
  });

  it('sleeps while it is down, because its release is reported', () => {
    const stand = begun('Mouse8');
    stand.queue.mouse(X_DOWN, 1);
    expect(stand.thread.patience).toBeNull();
    stand.look(300);
    expect(stand.reports).toEqual(['press']);
  });

  it('needs exactly its modifiers, which may be let go first', () => {
    const stand = begun('Ctrl+Mouse3');
    expect(stand.queue.mouse(0x204)).toBe(false);
    stand.queue.down.add(CONTROL);
    expect(stand.queue.mouse(0x204)).toBe(true);
    stand.queue.down.clear();
    expect(stand.queue.mouse(0x205)).toBe(true);
    expect(stand.reports).toEqual(['press', 'release']);
  });

  it('cancels only while listening, with a hook for that long', () => {
    const stand = begun('F9', 'Mouse9');
    expect(stand.queue.hooked).toBe(false);
    stand.thread.take(ORDERS.listening, stand.at);
    expect(stand.queue.mouse(X_DOWN, 2)).toBe(true);
    // The apps must not see a release without a press.
    stand.thread.take(ORDERS.idle, stand.at);
    stand.look(15);
    expect(stand.queue.mouse(X_UP, 2)).toBe(true);
    stand.look(15);
    expect(stand.reports).toEqual(['cancel']);
    expect(stand.queue.hooked).toBe(false);
  });

  it('is refused when Windows refuses the hook', () => {
    const stand = new Stand('Mouse8');
    stand.queue.hookError = new Error('error 5');
    stand.thread.begin();
    expect(stand.reports).toEqual(['listen refused: error 5']);
    stand.queue.hookError = null;
    stand.look(3_100);
    expect(stand.reports.at(-1)).toBe('grabbed');
  });

  it('is let go at the end', () => {
    const stand = new Stand('Mouse8');
    expect(stand.run()).toEqual(['thread', 'grabbed']);
    expect(stand.queue.hooked).toBe(false);
  });
});
