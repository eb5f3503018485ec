import { describe, expect, it } from 'vitest';
import type { ControlEvent } from '../../src/control/protocol.ts';
import { type Facts, learn, NO_FACTS } from '../../src/view/facts.ts';
import { meter, statusLine } from '../../src/view/status-line.ts';
import { utterance } from '../support/utterances.ts';

const WORKING: Facts = {
  ...NO_FACTS,
  sessions: { backend: { state: 'working', thread: '0199c0de-1111-7000-8000-00000abcdef0', model: 'm' } },
};

function learned(facts: Facts, ...events: ControlEvent[]): Facts {
  return events.reduce(learn, facts);
}

describe('the status line', () => {
  it('tells what the project is doing', () => {
    expect(statusLine(WORKING, 'backend', 200)).toBe('working · backend · bcdef0 │ Ctrl-] detaches');
    expect(statusLine(NO_FACTS, 'other', 200)).toBe('parked · other │ Ctrl-] detaches');
  });

  it('tells that it listens, how loud it is, and the words', () => {
    const facts = learned(
      WORKING,
      { event: 'stage', payload: { stage: 'listening', utterance: 'u' } },
      { event: 'level', payload: { utterance: 'u', dbfs: -10, speaking: true } },
      { event: 'partial', payload: { utterance: 'u', text: 'run the\n tests', stable: 3 } },
    );
    expect(statusLine(facts, 'backend', 200)).toContain('● listening █ · backend');
    expect(statusLine(facts, 'backend', 200)).toContain('“run the tests”');
    const done = learned(facts, { event: 'stage', payload: { stage: 'idle', utterance: null } });
    expect(statusLine(done, 'backend', 200)).not.toContain('listening');
  });

  it('tells what Codex does for an utterance, until that is answered', () => {
    const activity = { kind: 'command', text: 'running npm test' } as const;
    const facts = learned(WORKING, {
      event: 'activity',
      payload: { utterance: 'u', project: 'backend', activity },
    });
    expect(statusLine(facts, 'backend', 200)).toMatch(/^running npm test · backend/);
    expect(statusLine(facts, 'other', 200)).not.toContain('running');
    const record = utterance({ id: 'u', state: 'answered' });
    const over = learned(facts, { event: 'answer', payload: { utterance: 'u', record } });
    expect(statusLine(over, 'backend', 200)).toMatch(/^working · backend/);
  });

  it('tells of requests until they are resolved, of its own project only', () => {
    const request = { id: 'r', title: 'Run a command?' };
    const asked = learned(WORKING, {
      event: 'approval',
      payload: { project: 'backend', request },
    } as ControlEvent);
    expect(statusLine(asked, 'backend', 200)).toContain('asks: Run a command?');
    expect(statusLine(asked, 'other', 200)).not.toContain('asks');
    const over = learned(asked, { event: 'resolved', payload: { project: 'backend', request: 'r' } });
    expect(statusLine(over, 'backend', 200)).not.toContain('asks');
  });

  it('tells the times of the last utterance', () => {
    const timings = { microphone: 17.2, transcription: 402, delivery: 36.4, first_token: 210, loop: 1353 };
    const facts = learned(WORKING, { event: 'timings', payload: { utterance: 'u', timings } });
    expect(statusLine(facts, 'backend', 200)).toContain('mic 17 whisper 402 pty 36 first 210 total 1.4s');
  });

  it('leaves out what does not fit, and cuts nothing in the middle of a character', () => {
    const timings = { microphone: 17.2, transcription: 402 };
    const facts = learned(WORKING, { event: 'timings', payload: { utterance: 'u', timings } });
    expect(statusLine(facts, 'backend', 30)).toBe('working · backend · bcdef0');
    expect(statusLine(facts, '🙂'.repeat(20), 15)).toBe(`parked · ${'🙂'.repeat(6)}`);
    for (let columns = 1; columns < 120; columns += 1) {
      expect([...statusLine(facts, 'backend', columns)].length).toBeLessThanOrEqual(columns);
    }
  });

  it('shows no control characters of a transcript', () => {
    const facts = { ...WORKING, partial: 'a\x1b[2Jb\x07c\u202e' };
    expect(statusLine(facts, 'backend', 200)).toContain('“abc”');
  });

  it('has a meter between quiet and loud', () => {
    expect([-100, -60, -35, -10, 0].map(meter)).toEqual([' ', ' ', '▄', '█', '█']);
    expect(meter(null)).toBe('');
  });
});
