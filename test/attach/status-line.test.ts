import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionStatus } from '../../src/agent/session.ts';
import { meter, paintStatus, type StatusView, statusLine, type Tone } from '../../src/attach/status-line.ts';
import type { ControlEvent } from '../../src/control/events.ts';
import { after, EMPTY_OVERVIEW, type Overview } from '../../src/control/overview.ts';
import { widthOf } from '../../src/text/width.ts';
import { pendingRequest } from '../support/request.ts';
import { utterance } from '../support/utterances.ts';

const WORKING: Overview = {
  ...EMPTY_OVERVIEW,
  sessions: { backend: session('working', '0199c0de-1111-7000-8000-00000abcdef0') },
};

function session(state: SessionStatus['state'], thread: string | null): SessionStatus {
  return { state, thread, model: 'm', transport: 'app-server' };
}

function learned(facts: Overview, ...events: ControlEvent[]): Overview {
  return events.reduce(after<Overview>, facts);
}

function textOf(facts: Overview, project = 'backend', columns = 200, more: Partial<StatusView> = {}): string {
  return statusLine(facts, { project, columns, ...more })
    .map(({ text }) => text)
    .join('');
}

function words(text: string): Overview['partial'] {
  return { text, stable: 0 };
}

/** What the first part stands for. */
function tone(facts: Overview): Tone | undefined {
  return statusLine(facts, { project: 'backend', columns: 80 })[0]?.tone;
}

function asking(...titles: string[]): ControlEvent[] {
  return titles.map((title, index) => ({
    event: 'approval',
    payload: { project: 'backend', request: pendingRequest({ id: `r${index}`, title }) },
  }));
}

describe('the status line', () => {
  it('tells what the project is doing', () => {
    expect(textOf(WORKING)).toMatch(/^ ▶ working {2}backend {2}thread bcdef0 +Ctrl-\] detaches $/);
    expect(textOf(EMPTY_OVERVIEW, 'other')).toMatch(/^ parked {2}other +Ctrl-\] detaches $/);
    expect(tone(WORKING)).toBe('working');
    expect(tone(EMPTY_OVERVIEW)).toBe('idle');
  });

  it('tells that it listens, how loud it was lately, and the words', () => {
    const level = (dbfs: number): ControlEvent => ({
      event: 'level',
      payload: { utterance: 'u', dbfs, speaking: true },
    });
    const facts = learned(
      WORKING,
      { event: 'stage', payload: { stage: 'listening', utterance: 'u' } },
      ...[-60, -35, -10].map(level),
      { event: 'partial', payload: { utterance: 'u', text: 'run the\n tests', stable: 3 } },
    );
    expect(textOf(facts)).toMatch(/^ ● listening ▁▅█ {2}backend {2}“run the tests”/);
    expect(tone(facts)).toBe('listening');
    // A second of it, and no more.
    expect(textOf(learned(facts, ...Array.from({ length: 50 }, () => level(-10))))).toContain(
      `● listening ${'█'.repeat(10)} `,
    );
    const parts = statusLine(facts, { project: 'backend', columns: 120 });
    expect(parts.filter(({ text }) => /run|tests/.test(text))).toEqual([
      { text: ' “run', tone: 'text' },
      { text: ' the tests” ', tone: 'faint' },
    ]);
    const done = learned(facts, { event: 'stage', payload: { stage: 'idle', utterance: null } });
    expect(textOf(done)).not.toContain('listening');
    expect(done.levels).toEqual([]);
  });

  it('tells what Codex does for an utterance, until that is answered', () => {
    const activity = { kind: 'command', text: 'running npm test' } as const;
    const facts = learned(WORKING, {
      event: 'activity',
      payload: { utterance: 'u', project: 'backend', activity },
    });
    expect(textOf(facts)).toMatch(/^ ▶ running npm test {2}backend/);
    expect(textOf(facts, 'other')).not.toContain('running');
    const record = utterance({ id: 'u', state: 'answered' });
    const over = learned(facts, { event: 'answer', payload: { utterance: 'u', record } });
    expect(textOf(over)).toMatch(/^ ▶ working {2}backend/);
  });

  it('tells of requests until they are resolved, of its own project only', () => {
    const asked = learned(WORKING, ...asking('Run a command?'));
    expect(textOf(asked)).toContain('backend  Run a command?');
    expect(textOf(asked, 'other')).not.toContain('Run a command?');
    const over = learned(asked, { event: 'resolved', payload: { project: 'backend', request: 'r0' } });
    expect(textOf(over)).not.toContain('Run a command?');
    expect(textOf(learned(WORKING, ...asking('One?', 'Two?')))).toContain('2 requests wait for you');
    const waiting: Overview = {
      ...WORKING,
      sessions: { backend: session('waiting', null) },
    };
    expect(textOf(waiting)).toMatch(/^ \? needs you /);
  });

  it('tells the times of the last utterance', () => {
    const timings = { microphone: 17.2, transcription: 402, delivery: 36.4, first_token: 210, loop: 1353 };
    const facts = learned(WORKING, { event: 'timings', payload: { utterance: 'u', timings } });
    expect(textOf(facts)).toContain('mic 17 whisper 402 pty 36 first 210 total 1.4s');
  });

  it('tells how far back one looks, what waits, and why it is small', () => {
    const facts = {
      ...WORKING,
      queue: ['a', 'b'].map((id) => ({ id, project: 'backend', prompt: id, state: 'queued' as const })),
    };
    expect(textOf(facts, 'backend', 200, { scrolled: 12 })).toContain('12 rows back');
    expect(textOf(facts)).toContain('2 queued');
    expect(textOf(facts, 'backend', 200, { smaller: { columns: 60, rows: 15 } })).toContain('60×15');
  });

  it('leaves out what matters least, and cuts words at the side that matters less', () => {
    const timings = { microphone: 17.2, transcription: 402 };
    const facts = learned(WORKING, { event: 'timings', payload: { utterance: 'u', timings } });
    expect(textOf(facts, 'backend', 48)).toMatch(/^ ▶ working {2}backend +Ctrl-\] detaches $/);
    expect(textOf(facts, 'backend', 30)).toMatch(/^ ▶ working {2}backend +$/);
    const said = { ...facts, partial: words(`${'and then '.repeat(20)}stop.`) };
    expect(textOf(said, 'backend', 60)).toMatch(/backend {2}….*then stop\.” *$/);
    const asked = learned(WORKING, ...asking(`Run ${'x'.repeat(200)}?`));
    expect(textOf(asked, 'backend', 60)).toMatch(/backend {2}Run x+… *$/);
  });

  it('is as wide as asked, whatever the texts and the size', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('日本語'.repeat(9), '🙂'),
    );
    fc.assert(
      fc.property(
        texts,
        texts,
        texts,
        fc.integer({ min: 1, max: 150 }),
        (project, partial, title, columns) => {
          const facts = learned(
            { ...WORKING, partial: words(partial), timings: { loop: 1 } },
            ...asking(title),
          );
          const pending = facts.pending.map((request) => ({ ...request, project }));
          expect(widthOf(textOf({ ...facts, pending }, project, columns, { scrolled: 3 }))).toBe(columns);
        },
      ),
    );
  });

  it('shows no control characters of a transcript', () => {
    const facts = { ...WORKING, partial: words('a\x1b[2Jb\x07c\u202e') };
    expect(textOf(facts)).toContain('“abc”');
  });

  it('has a meter between quiet and loud', () => {
    expect(meter([-100, -60, -35, -10, 0])).toBe('▁▁▅██');
  });

  it('is painted in colours, or in reverse where none are wanted', () => {
    const line = statusLine(WORKING, { project: 'backend', columns: 60 });
    expect(paintStatus(line, true)).toMatch(/48;5;25m ▶ working /);
    const plain = paintStatus(line, false);
    expect(plain).not.toMatch(/[34]8;5/);
    expect(plain).toMatch(/\x1b\[0;1;7m ▶ working .*\x1b\[0m$/);
  });
});
