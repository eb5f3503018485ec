import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/focus/kwin.ts';
import { kwinScript } from '../../src/focus/kwin-script.ts';

/** A signal of Qt, as scripts see it. */
class Signal {
  readonly #listeners = new Set<(value?: unknown) => void>();
  connect(listener: (value?: unknown) => void): void {
    this.#listeners.add(listener);
  }
  disconnect(listener: (value?: unknown) => void): void {
    this.#listeners.delete(listener);
  }
  emit(value?: unknown): void {
    for (const listener of this.#listeners) listener(value);
  }
}

const windowOf = (caption: string, pid: number) => ({
  caption,
  resourceClass: 'foot',
  pid,
  captionChanged: new Signal(),
});

/** Runs the script in a stand-in for KWin. */
function runScript(version: 5 | 6, active: ReturnType<typeof windowOf> | null) {
  const activated = new Signal();
  const reports: unknown[][] = [];
  const workspace =
    version === 6
      ? { windowActivated: activated, activeWindow: active }
      : { clientActivated: activated, activeClient: active };
  const callDBus = (...call: unknown[]) => void reports.push(call);
  runInNewContext(kwinScript(':1.42'), { workspace, callDBus });
  return { activated, reports, last: () => readReport(reports.at(-1)?.at(-1)) };
}

describe.each([5, 6] as const)('the script in KWin %i', (version) => {
  it('reports the active window, each activation and each new title, to one receiver', () => {
    const [first, second] = [windowOf('one', 1), windowOf('two', 2)];
    const { activated, reports, last } = runScript(version, first);
    expect(reports[0]?.slice(0, 4)).toEqual([':1.42', '/focus', 'codex.voice.Focus', 'Active']);
    expect(last()).toEqual({ title: 'one', classes: ['foot'], pid: 1 });
    activated.emit(second);
    expect(last()).toMatchObject({ title: 'two', pid: 2 });
    second.caption = 'other';
    second.captionChanged.emit();
    expect(last()).toMatchObject({ title: 'other', pid: 2 });
    const count = reports.length;
    first.captionChanged.emit();
    expect(reports).toHaveLength(count);
    activated.emit(null);
    expect(last()).toBeNull();
  });

  it('reports that there is none', () => {
    const { reports } = runScript(version, null);
    expect(reports[0]?.at(-1)).toBe('null');
  });

  it('survives a window that was destroyed', () => {
    const gone = windowOf('gone', 1);
    const { activated, last } = runScript(version, gone);
    Object.defineProperty(gone, 'captionChanged', {
      get: () => {
        throw new TypeError('object destroyed');
      },
    });
    activated.emit(windowOf('next', 2));
    expect(last()).toMatchObject({ title: 'next' });
  });

  it('sends any title as JSON, and cuts it', () => {
    const title = `"');callDBus("evil");//\u0000\n\ud800${'x'.repeat(10_000)}`;
    const { last } = runScript(version, windowOf(title, 1));
    expect(last()?.title).toBe(title.slice(0, 4_096));
  });
});

describe('a report of the script', () => {
  it.each([
    ['null'],
    [''],
    ['{"title":"x"}'],
    ['{"title":"x","class":"y","pid":"1"}'],
    [`{"title":"${'x'.repeat(70_000)}","class":"y","pid":1}`],
    [7],
    [undefined],
  ])('names no window: %.40j', (report) => {
    expect(readReport(report)).toBeNull();
  });

  it.each([0, -1, 1.5])('names no process where the pid is %d', (pid) => {
    expect(readReport(JSON.stringify({ title: 't', class: 'C', pid }))).toEqual({
      title: 't',
      classes: ['c'],
      pid: null,
    });
  });
});
