import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttachedTerminals } from '../../src/attach/attached-terminals.ts';
import { LiveOverview } from '../../src/control/overview.ts';
import { Parts } from '../../src/daemon/parts.ts';
import { Bus } from '../../src/facts.ts';
import { pathsOf } from '../../src/files/paths.ts';
import {
  type AudioFrame,
  type Microphone,
  type MicrophoneState,
  type RecorderName,
  SAMPLE_RATE,
} from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { type Desktop, makeHome, startDesktop, type TestHome } from '../support/desktop.ts';
import { noAgents } from '../support/no-agents.ts';
import { waitFor } from '../support/process.ts';

/** All that a key press can start: a cue, the words of the project, a look at the focused window. */
const CONFIG = `
[reply]
sound = true
[prompt]
vocabulary = true
[speech]
adaptive_endpoint = true
`;

/** What this process starts: the name of the program, or of our own child, and when (performance.now(), ms). */
class SpawnObserver implements Disposable {
  readonly started: { program: string; at: number }[] = [];
  readonly #listener = (message: unknown): void => {
    const { spawnfile, spawnargs } = (message as { process: ChildProcess }).process;
    const child = spawnargs.indexOf('__child');
    const program = child < 0 ? basename(spawnfile) : (spawnargs[child + 1] ?? '');
    this.started.push({ program, at: performance.now() });
  };

  constructor() {
    subscribe('tracing:child_process.spawn:end', this.#listener);
  }

  since(at: number): string[] {
    return this.started.filter((each) => each.at >= at).map(({ program }) => program);
  }

  [Symbol.dispose](): void {
    unsubscribe('tracing:child_process.spawn:end', this.#listener);
  }
}

/** A microphone that opens without another program, as a connection to the sound server does. */
class HeldMicrophone implements Microphone {
  readonly state: MicrophoneState = {
    backend: 'held',
    device: 'default',
    state: 'closed',
    source: null,
    trouble: null,
    refused: [],
  };
  readonly opened = Promise.withResolvers<void>();
  readonly sound = Promise.withResolvers<void>();

  async *record(signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined> {
    this.opened.resolve();
    await this.sound.promise;
    while (!signal.aborted) {
      yield { samples: new Float32Array(SAMPLE_RATE / 50), at: performance.now() };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {}
}

/** A real microphone, and when its first samples came: performance.now(), ms. */
class WatchedMicrophone implements Microphone {
  readonly first = Promise.withResolvers<number>();
  readonly #real: Microphone;

  constructor(backend: RecorderName, env: NodeJS.ProcessEnv) {
    const logger = pino({ level: 'silent' });
    const options = { device: 'default', backend, keepOpen: false } as const;
    this.#real = openMicrophone({ ...options, env, logger, onTrouble: () => undefined });
  }

  get state(): MicrophoneState {
    return this.#real.state;
  }

  async *record(signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined> {
    for await (const frame of this.#real.record(signal)) {
      this.first.resolve(frame.at);
      yield frame;
    }
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}

describe('between the key and the first sample', () => {
  let desktop: Desktop;
  let home: TestHome;
  beforeAll(async () => {
    desktop = await startDesktop();
    home = await makeHome();
  });
  afterAll(async () => {
    await home.remove();
    await desktop.stop();
  });

  /** The parts of a daemon in this process, warm. */
  async function openParts(microphone: Microphone) {
    const env = { ...desktop.env, ...home.env };
    await writeFile(home.config, home.settings(CONFIG));
    const logger = pino({ level: 'silent' });
    const { settings } = parseSettings(home.settings(CONFIG), home.config);
    const parts: Parts = await Parts.create({
      settings,
      paths: pathsOf(env),
      env,
      workingDirectory: home.project,
      bus: new Bus(logger),
      ...noAgents,
      terminals: new AttachedTerminals(() => parts.projects, new LiveOverview()),
      logger,
      instead: { microphone },
    });
    await parts.transcriber.ready();
    return parts;
  }

  it('nothing is started, and afterwards what comes with a recording', async () => {
    const microphone = new HeldMicrophone();
    const parts = await openParts(microphone);
    using observer = new SpawnObserver();
    const pressed = performance.now();
    parts.loop.dispatch({ type: 'toggle', at: pressed });
    await microphone.opened.promise;
    // Long enough for whatever had been begun.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(observer.since(pressed)).toEqual([]);
    microphone.sound.resolve();
    const expected = ['paplay', 'vocabulary'];
    await waitFor('what comes with it', () =>
      expected.every((each) => observer.since(pressed).includes(each)),
    );
    parts.loop.dispatch({ type: 'cancel', at: performance.now() });
    await parts.hearing.settled();
    await parts.close();
  });

  it.each([
    { backend: 'pulse', programs: [] },
    { backend: 'parec', programs: ['parec'] },
  ] as const)('$backend starts these programs alone: $programs', async ({ backend, programs }) => {
    const microphone = new WatchedMicrophone(backend, { ...desktop.env, ...home.env });
    const parts = await openParts(microphone);
    using observer = new SpawnObserver();
    const pressed = performance.now();
    parts.loop.dispatch({ type: 'toggle', at: pressed });
    const first = await microphone.first.promise;
    await waitFor('the cue', () => observer.since(pressed).includes('paplay'));
    const before = observer.started.filter(({ at }) => at >= pressed && at <= first);
    expect(before.map(({ program }) => program)).toEqual(programs);
    parts.loop.dispatch({ type: 'cancel', at: performance.now() });
    await parts.hearing.settled();
    await parts.close();
  });
});
