import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStatus } from '../../src/agent/session.ts';
import { Troubles } from '../../src/delivery/troubles.ts';
import { type ErrorCode, reportOf, VoiceError } from '../../src/errors.ts';
import { Bus, type Fact } from '../../src/facts.ts';
import { utterance } from '../support/utterances.ts';

describe('trouble on the screen', () => {
  let shown: Set<ErrorCode>;
  let told: Fact['type'][];
  let bus: Bus;

  beforeEach(() => {
    shown = new Set();
    told = [];
    bus = new Bus(pino({ level: 'silent' }));
    const troubles = new Troubles(bus);
    bus.subscribe('troubles', (fact) => troubles.learn(fact));
    bus.subscribe('test', (fact) => {
      told.push(fact.type);
      if (fact.type === 'trouble') shown.add(fact.error.code);
      if (fact.type === 'cleared') shown.delete(fact.code);
    });
  });

  const session = (state: SessionStatus['state'], code?: ErrorCode): void =>
    bus.publish({
      type: 'session',
      project: 'backend',
      status: {
        state,
        thread: null,
        model: null,
        transport: 'app-server',
        ...(code && { reason: { code, message: 'What happened.', hint: 'What to do.' } }),
      },
    });

  it('goes when the part works again, and only then', () => {
    const trouble = (code: ErrorCode): void =>
      bus.publish({ type: 'trouble', error: reportOf(new VoiceError(code, 'It is so.', 'Look at it.')) });
    const heard = (transcript: string | null): void =>
      bus.publish({ type: 'heard', utterance: utterance({ id: 'u', prompt: 'x', transcript }), held: false });
    trouble('hotkey-taken');
    trouble('microphone-silent');
    // What is typed says nothing of the microphone.
    heard(null);
    expect([...shown]).toEqual(['hotkey-taken', 'microphone-silent']);
    heard('spoken');
    expect([...shown]).toEqual(['hotkey-taken']);
    bus.publish({ type: 'works', parts: ['hotkey'] });
    expect([...shown]).toEqual([]);
  });

  it('tells once why Codex does not go on, and takes it back when it does', () => {
    session('starting');
    session('down', 'codex-signed-out');
    session('down', 'codex-signed-out');
    expect(told.filter((type) => type === 'trouble')).toHaveLength(1);
    expect([...shown]).toEqual(['codex-signed-out']);
    session('idle');
    expect([...shown]).toEqual([]);
    session('waiting', 'codex-blocked');
    expect([...shown]).toEqual(['codex-blocked']);
  });

  it('is not made of what mends itself', () => {
    session('recovering', 'codex-down');
    expect([...shown]).toEqual([]);
    expect(told).toEqual(['session']);
  });
});
