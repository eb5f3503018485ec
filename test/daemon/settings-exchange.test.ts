import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AttachedTerminals } from '../../src/attach/attached-terminals.ts';
import { LiveOverview } from '../../src/control/overview.ts';
import { Parts } from '../../src/daemon/parts.ts';
import { VoiceError } from '../../src/errors.ts';
import { Bus } from '../../src/facts.ts';
import { pathsOf } from '../../src/files/paths.ts';
import type { EarMakers } from '../../src/listening/ear-makers.ts';
import { SETTINGS, type Settings } from '../../src/settings/schema.ts';
import type { Utterance } from '../../src/utterance.ts';
import { FakeDetector, FakeEngine, FakeMicrophone, FakeTurnDetector, sound } from '../listening/fake-ear.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { noAgents } from '../support/no-agents.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const SPOKEN = sound('speech', 1_000);
const PAUSE = sound('silence', 1_000);

/** Makes fakes, and keeps them. */
class FakeMakers implements EarMakers {
  readonly detectors: FakeDetector[] = [];
  readonly microphones: FakeMicrophone[] = [];
  readonly engines: FakeEngine[] = [];
  readonly turns: FakeTurnDetector[] = [];
  /** Changes the next engine before it is used. */
  prepare: (engine: FakeEngine) => void = () => undefined;

  async detector(): Promise<FakeDetector> {
    return added(this.detectors, new FakeDetector());
  }

  microphone(): FakeMicrophone {
    return added(this.microphones, new FakeMicrophone());
  }

  /** What it hears makes no prompt: nothing is sent. */
  engine(): FakeEngine {
    const engine = new FakeEngine('[BLANK_AUDIO]');
    this.prepare(engine);
    return added(this.engines, engine);
  }

  turnDetector(): FakeTurnDetector {
    return added(this.turns, new FakeTurnDetector());
  }

  /** How often each was closed, the oldest first. */
  get closed(): Record<'detectors' | 'microphones' | 'engines' | 'turns', number[]> {
    const counts = (parts: readonly { closed: number }[]): number[] => parts.map(({ closed }) => closed);
    return {
      detectors: counts(this.detectors),
      microphones: counts(this.microphones),
      engines: counts(this.engines),
      turns: counts(this.turns),
    };
  }
}

function added<T>(all: T[], part: T): T {
  all.push(part);
  return part;
}

const before: Settings = SETTINGS.parse({
  performance: { parallel_transcription: false },
  speech: { adaptive_endpoint: false },
  reply: { sound: false },
});
/** All that hears is another one. */
const after: Settings = {
  ...before,
  audio: { ...before.audio, device: 'another' },
  speech: { ...before.speech, detector: 'webrtc' },
  performance: { ...before.performance, whisper_model: 'base.en' },
};

async function setUp(settings: Settings = before) {
  const folder = temporaryFolder();
  const env = { HOME: folder, PATH: '', XDG_RUNTIME_DIR: join(folder, 'run') };
  const makers = new FakeMakers();
  const ended: Utterance[] = [];
  const bus = new Bus(logger);
  bus.subscribe('test', (fact) => void (fact.type === 'ended' && ended.push(fact.utterance)));
  const parts: Parts = await Parts.create({
    settings,
    paths: pathsOf(env),
    env,
    workingDirectory: folder,
    bus,
    ...noAgents,
    terminals: new AttachedTerminals(() => parts.projects, new LiveOverview()),
    logger,
    instead: { notifier: new FakeNotifier(), ear: makers },
  });
  const close = (): Promise<void> => (closing ??= parts.close());
  let closing: Promise<void> | null = null;
  onTestFinished(close);
  const press = (): void => parts.loop.dispatch({ type: 'press', at: performance.now() });
  const closed = (): Promise<void> =>
    waitFor('what is old to be closed', () => makers.engines[0]?.closed === 1).then(() => undefined);
  return { parts, makers, ended, press, close, closed };
}

function only<T>(all: readonly T[], index: number): T {
  const part = all[index];
  if (part === undefined) throw new Error(`there is no part ${index}`);
  return part;
}

describe('new settings in the middle of an utterance', () => {
  it('what is under way keeps its parts, which are closed once it has ended, and what follows has the new ones', async () => {
    const { parts, makers, ended, press, close, closed } = await setUp();
    press();
    only(makers.microphones, 0).hear(SPOKEN);
    await waitFor('speech', () => only(makers.detectors, 0).judged > 10);
    await parts.apply(after);
    expect(parts.settings).toBe(after);
    expect(makers.closed).toEqual({ detectors: [0, 0], microphones: [0, 0], engines: [0, 0], turns: [0] });
    only(makers.microphones, 0).hear(PAUSE);
    await waitFor('the end', () => ended.length === 1);
    await closed();
    expect(only(makers.engines, 0).heard).toHaveLength(1);
    expect(only(makers.engines, 1).heard).toHaveLength(0);
    expect(makers.closed).toEqual({ detectors: [1, 0], microphones: [1, 0], engines: [1, 0], turns: [0] });

    press();
    only(makers.microphones, 1).hear(SPOKEN);
    only(makers.microphones, 1).hear(PAUSE);
    await waitFor('the end', () => ended.length === 2);
    expect(only(makers.engines, 1).heard).toHaveLength(1);
    expect(ended.map(({ state }) => state)).toEqual(['empty', 'empty']);
    await close();
    expect(makers.closed).toEqual({ detectors: [1, 1], microphones: [1, 1], engines: [1, 1], turns: [1] });
  });

  it('and while its text is being made', async () => {
    const gate = Promise.withResolvers<void>();
    const { parts, makers, ended, press, closed } = await setUp();
    only(makers.engines, 0).gate = gate.promise;
    press();
    only(makers.microphones, 0).hear(SPOKEN);
    only(makers.microphones, 0).hear(PAUSE);
    await waitFor('the engine', () => only(makers.engines, 0).heard.length === 1);
    await parts.apply(after);
    // The key begins the next one meanwhile, with the new parts.
    press();
    await waitFor('the microphone', () => only(makers.microphones, 1).open === 1);
    expect(makers.closed.engines).toEqual([0, 0]);
    gate.resolve();
    await closed();
    expect(ended.map(({ state }) => state)).toEqual(['empty']);
    parts.loop.dispatch({ type: 'cancel', at: performance.now() });
    await waitFor('the end', () => ended.length === 2);
    expect(makers.closed).toEqual({ detectors: [1, 0], microphones: [1, 0], engines: [1, 0], turns: [0] });
  });

  it('a file that is heard keeps its detector, which is closed before the one that it comes from', async () => {
    const gate = Promise.withResolvers<void>();
    const { parts, makers, closed } = await setUp();
    const first = only(makers.detectors, 0);
    only(makers.engines, 0).gate = gate.promise;
    parts.hearing.hearRecording(SPOKEN, 'file');
    await waitFor('the engine', () => only(makers.engines, 0).heard.length === 1);
    await parts.apply(after);
    expect(first.closed).toBe(0);
    gate.resolve();
    await closed();
    await waitFor('the detector', () => first.closed === 1);
    expect(first.closedTooSoon).toBe(false);
    expect(first.others.map(({ closed }) => closed)).toEqual([1]);
  });

  it('with what works while it is spoken', async () => {
    const { parts, makers, ended, press, closed } = await setUp(SETTINGS.parse({ reply: { sound: false } }));
    press();
    only(makers.microphones, 0).hear(SPOKEN);
    await waitFor('speech', () => only(makers.detectors, 0).judged > 10);
    await parts.apply(after);
    only(makers.microphones, 0).hear(sound('silence', 3_000));
    await waitFor('the end', () => ended.length === 1);
    await closed();
    expect(only(makers.engines, 0).heard.length).toBeGreaterThan(0);
    expect(only(makers.engines, 1).heard).toHaveLength(0);
    expect(ended[0]?.state).toBe('empty');
  });

  it('only what the settings change is another one', async () => {
    const { parts, makers } = await setUp();
    await parts.apply({ ...before, audio: { ...before.audio, keep_open: true } });
    await waitFor('the microphone', () => makers.closed.microphones[0] === 1);
    expect(makers.closed).toEqual({ detectors: [0], microphones: [1, 0], engines: [0], turns: [0] });
  });
});

describe('settings that cannot be taken over', () => {
  it('an engine that cannot be loaded leaves all as it is, and what was made for it is closed', async () => {
    const { parts, makers, ended, press } = await setUp();
    press();
    only(makers.microphones, 0).hear(SPOKEN);
    await waitFor('speech', () => only(makers.detectors, 0).judged > 10);
    makers.prepare = (engine) => {
      engine.unusable = new VoiceError('model-corrupt', 'It is not whole.', 'Download it again.');
    };
    await expect(parts.apply(after)).rejects.toMatchObject({ code: 'model-corrupt' });
    expect(parts.settings).toBe(before);
    expect(makers.closed).toEqual({ detectors: [0, 1], microphones: [0], engines: [0, 1], turns: [0] });
    only(makers.microphones, 0).hear(PAUSE);
    await waitFor('the end', () => ended.length === 1);
    expect(ended[0]?.state).toBe('empty');
    expect(only(makers.engines, 0).heard).toHaveLength(1);
    // What is right the next time is taken over.
    makers.prepare = () => undefined;
    await parts.apply(after);
    expect(parts.settings).toBe(after);
    await waitFor('the old engine', () => only(makers.engines, 0).closed === 1);
    expect(makers.closed).toEqual({
      detectors: [1, 1, 0],
      microphones: [1, 0],
      engines: [1, 1, 0],
      turns: [0],
    });
  });

  it('the newest are in force in the end, however long the engine of those before takes', async () => {
    const { parts, makers } = await setUp();
    const slow = Promise.withResolvers<void>();
    makers.prepare = (engine) => {
      engine.loaded = slow.promise;
    };
    const first = parts.apply(after);
    await waitFor('the load', () => makers.engines.length === 2);
    makers.prepare = () => undefined;
    const second = parts.apply(before);
    slow.resolve();
    await Promise.all([first, second]);
    expect(parts.settings).toBe(before);
    await waitFor('the others', () => makers.closed.engines.join() === '1,1,0');
    expect(makers.closed).toMatchObject({ detectors: [1, 1, 0], microphones: [1, 1, 0] });
  });

  it('an engine that still loads when the daemon ends does not outlive it', async () => {
    const { parts, makers, close } = await setUp();
    makers.prepare = (engine) => {
      engine.loaded = new Promise(() => undefined);
    };
    const applying = expect(parts.apply(after)).rejects.toThrow('the engine was closed');
    await waitFor('the load', () => makers.engines.length === 2);
    await close();
    await applying;
    expect(makers.engines.every(({ closed }) => closed > 0)).toBe(true);
    expect(makers.detectors.every(({ closed }) => closed === 1)).toBe(true);
    await expect(parts.apply(after)).rejects.toThrow('the ear is closed');
    expect(makers.engines).toHaveLength(2);
  });
});
