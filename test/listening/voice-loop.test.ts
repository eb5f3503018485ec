import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { HotkeyMode } from '../../src/hotkey/gesture.ts';
import { type Recording, VoiceLoop } from '../../src/listening/voice-loop.ts';

function setUp(mode: HotkeyMode = 'toggle', begins: 'idle' | 'paused' = 'idle') {
  let refused = 0;
  let passedOn = 0;
  const recordings: Recording[] = [];
  const stages: string[] = [];
  const parts = {
    mode: () => mode,
    begin: (pressedAt: number) => {
      const recording = { pressedAt, finish: new AbortController(), cancel: new AbortController() };
      recordings.push(recording);
      return recording;
    },
    onStage: ({ name }: { name: string }) => void stages.push(name),
    onRefused: () => {
      refused += 1;
    },
    onCancelIdle: () => {
      passedOn += 1;
    },
    logger: pino({ level: 'silent' }),
  };
  const loop = new VoiceLoop(parts, begins);
  const recording = (index: number): Recording => {
    const found = recordings[index];
    if (!found) throw new Error(`there is no recording ${index}`);
    return found;
  };
  return { loop, stages, recordings, recording, refused: () => refused, passedOn: () => passedOn };
}

describe('the stage', () => {
  it('goes from the press through the endpoint to idle', () => {
    const { loop, stages, recording } = setUp();
    loop.dispatch({ type: 'press', at: 7 });
    expect(recording(0).pressedAt).toBe(7);
    loop.dispatch({ type: 'release', at: 9 });
    loop.dispatch({ type: 'endpoint', recording: recording(0) });
    loop.dispatch({ type: 'done', recording: recording(0) });
    expect(stages).toEqual(['listening', 'finishing', 'idle']);
    expect(recording(0).finish.signal.aborted).toBe(false);
  });

  it('passes cancel on when there is nothing to be heard', () => {
    const { loop, stages, recording, passedOn } = setUp();
    loop.dispatch({ type: 'cancel', at: 0 });
    loop.dispatch({ type: 'press', at: 1 });
    loop.dispatch({ type: 'cancel', at: 2 });
    expect(stages).toEqual(['listening']);
    expect(passedOn()).toBe(1);
    expect(recording(0).cancel.signal.aborted).toBe(true);
  });

  it('ends a recording at the second press, and does not begin another', () => {
    const { loop, recordings, recording } = setUp();
    loop.dispatch({ type: 'press', at: 0 });
    loop.dispatch({ type: 'press', at: 900 });
    expect(recording(0).finish.signal.aborted).toBe(true);
    expect(recordings).toHaveLength(1);
  });

  it('listens anew while the text before is still being made, whose end changes nothing then', () => {
    const { loop, stages, recording } = setUp();
    loop.dispatch({ type: 'press', at: 0 });
    loop.dispatch({ type: 'endpoint', recording: recording(0) });
    loop.dispatch({ type: 'press', at: 1_000 });
    loop.dispatch({ type: 'done', recording: recording(0) });
    expect(stages).toEqual(['listening', 'finishing', 'listening']);
    expect(loop.stage).toEqual({ name: 'listening', recording: recording(1) });
    loop.dispatch({ type: 'endpoint', recording: recording(0) });
    expect(loop.stage.name).toBe('listening');
  });

  it('cancels a recording or its transcription, and nothing when idle', () => {
    const { loop, recording } = setUp();
    loop.dispatch({ type: 'cancel', at: 0 });
    loop.dispatch({ type: 'press', at: 1 });
    loop.dispatch({ type: 'cancel', at: 2 });
    expect(recording(0).cancel.signal.aborted).toBe(true);
    loop.dispatch({ type: 'done', recording: recording(0) });
    loop.dispatch({ type: 'press', at: 3 });
    loop.dispatch({ type: 'endpoint', recording: recording(1) });
    loop.dispatch({ type: 'cancel', at: 4 });
    expect(recording(1).cancel.signal.aborted).toBe(true);
  });

  it('hold: as long as the key is down', () => {
    const { loop, recording } = setUp('hold');
    loop.dispatch({ type: 'press', at: 0 });
    expect(recording(0).finish.signal.aborted).toBe(false);
    loop.dispatch({ type: 'release', at: 50 });
    expect(recording(0).finish.signal.aborted).toBe(true);
  });

  it('auto: a tap toggles, a held key is push-to-talk', () => {
    const { loop, recording } = setUp('auto');
    loop.dispatch({ type: 'press', at: 0 });
    loop.dispatch({ type: 'release', at: 300 });
    expect(recording(0).finish.signal.aborted).toBe(false);
    loop.dispatch({ type: 'press', at: 2_000 });
    expect(recording(0).finish.signal.aborted).toBe(true);
    loop.dispatch({ type: 'done', recording: recording(0) });
    loop.dispatch({ type: 'press', at: 3_000 });
    loop.dispatch({ type: 'release', at: 3_301 });
    expect(recording(1).finish.signal.aborted).toBe(true);
  });

  it('toggle of a script begins and ends in every mode', () => {
    const { loop, recording } = setUp('hold');
    loop.dispatch({ type: 'toggle', at: 0 });
    expect(loop.stage.name).toBe('listening');
    loop.dispatch({ type: 'toggle', at: 1 });
    expect(recording(0).finish.signal.aborted).toBe(true);
  });

  it('paused: the recording is thrown away, and nothing opens the microphone until it goes on', () => {
    const { loop, stages, recording, recordings, refused } = setUp('auto');
    loop.dispatch({ type: 'press', at: 0 });
    loop.dispatch({ type: 'pause' });
    expect(recording(0).cancel.signal.aborted).toBe(true);
    loop.dispatch({ type: 'done', recording: recording(0) });
    loop.dispatch({ type: 'press', at: 1 });
    loop.dispatch({ type: 'release', at: 900 });
    loop.dispatch({ type: 'toggle', at: 901 });
    loop.dispatch({ type: 'cancel', at: 902 });
    loop.dispatch({ type: 'pause' });
    expect(stages).toEqual(['listening', 'paused']);
    expect(recordings).toHaveLength(1);
    expect(refused()).toBe(2);
    loop.dispatch({ type: 'unpause' });
    loop.dispatch({ type: 'unpause' });
    loop.dispatch({ type: 'press', at: 2_000 });
    expect(stages).toEqual(['listening', 'paused', 'idle', 'listening']);
  });

  it('paused: what was said before goes its way', () => {
    const { loop, stages, recording } = setUp();
    loop.dispatch({ type: 'press', at: 0 });
    loop.dispatch({ type: 'endpoint', recording: recording(0) });
    loop.dispatch({ type: 'pause' });
    loop.dispatch({ type: 'done', recording: recording(0) });
    expect(recording(0).cancel.signal.aborted).toBe(false);
    expect(stages).toEqual(['listening', 'finishing', 'paused']);
  });

  it('is paused from the beginning where it was when it ended', () => {
    const { loop, recordings } = setUp('toggle', 'paused');
    loop.dispatch({ type: 'press', at: 0 });
    expect(loop.stage).toEqual({ name: 'paused' });
    expect(recordings).toHaveLength(0);
  });
});
