import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import type { Publisher } from '../../src/facts.ts';
import { AudioStore } from '../../src/journal/audio.ts';
import { Journal } from '../../src/journal/journal.ts';
import { LiveUtterance, type UtterancePatch } from '../../src/journal/live-utterance.ts';
import { type RecoveryParts, recoverPrompts, recoverSounds } from '../../src/listening/recover.ts';
import type { Utterance } from '../../src/utterance.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { sound } from './fake-ear.ts';

const logger = pino({ level: 'silent' });
const SPOKEN = sound('speech', 500);

/** What one run of the daemon leaves to the next one. */
class NextRun implements RecoveryParts {
  readonly folder = temporaryFolder();
  readonly journal = Journal.open(join(this.folder, 'journal.sqlite'), { logger });
  readonly audio = AudioStore.open(join(this.folder, 'audio'), { logger });
  readonly log: string[] = [];
  readonly resumed: Float32Array[] = [];
  readonly bus: Publisher = {
    publish: (fact) => {
      if (fact.type !== 'ended') return;
      const { id, state } = fact.utterance;
      this.log.push(`ended:${this.#name(id)}:${state}`);
    },
  };
  readonly reviews = {
    takeUp: (live: LiveUtterance): boolean => {
      const held = this.journal.queue((queue) => queue.inReview(live.id));
      if (held) this.log.push(`review:${this.#name(live.id)}`);
      return held;
    },
  };
  readonly hearing = {
    resume: (live: LiveUtterance, samples: Float32Array): void => {
      this.log.push(`hear:${this.#name(live.id)}`);
      this.resumed.push(samples);
    },
  };
  readonly projects = {
    delivery: (project: string) => {
      if (project !== 'backend')
        throw new VoiceError('project-unknown', `No ${project}.`, 'Known are: backend.');
      const takeUp = (live: LiveUtterance): void =>
        void this.log.push(`deliver:${this.#name(live.id)}:${live.record.state}`);
      return { takeUp };
    },
  };
  readonly #names = new Map<string, string>();

  constructor() {
    onTestFinished(() => this.journal.close());
  }

  /** An utterance of the run before. */
  left(name: string, patch: UtterancePatch = {}, project = 'backend'): LiveUtterance {
    const live = LiveUtterance.begin(this.journal, 'hotkey', project, patch);
    this.#names.set(live.id, name);
    return live;
  }

  heard(name: string, project?: string): LiveUtterance {
    return this.left(name, { state: 'heard', prompt: name, transcript: name }, project);
  }

  async recover(): Promise<void> {
    const unfinished = this.journal.unfinished();
    recoverPrompts(this, unfinished, logger);
    await recoverSounds(this, unfinished, logger);
  }

  record({ id }: LiveUtterance): Utterance | null {
    return this.journal.get(id);
  }

  #name(id: string): string {
    return this.#names.get(id) ?? id;
  }
}

describe('the daemon was killed', () => {
  it('before there was any sound: it has failed, and is to be said again', async () => {
    const run = new NextRun();
    const live = run.left('a');
    await run.recover();
    expect(run.record(live)).toMatchObject({
      state: 'failed',
      error: { code: 'daemon-failed', hint: 'Say it again.' },
    });
    expect(run.log).toEqual(['ended:a:failed']);
  });

  it('while it was spoken: half a sentence is not sent, but kept and named', async () => {
    const run = new NextRun();
    const live = run.left('a');
    const kept = run.audio.begin(live.id);
    onTestFinished(() => kept.close());
    kept.append(SPOKEN);
    await run.recover();
    const file = run.audio.pathOf(live.id);
    expect(run.record(live)).toMatchObject({ state: 'failed', error: { code: 'daemon-failed' } });
    expect(run.record(live)?.error?.hint).toContain(`codex-voice ask --audio ${file}`);
    expect((await run.audio.load(live.id))?.samples).toHaveLength(SPOKEN.length);
    expect(run.log).toEqual(['ended:a:failed']);
    expect(run.resumed).toEqual([]);
  });

  it('while its text was made: the whole sound is heard again', async () => {
    const run = new NextRun();
    const live = run.left('a', { rule: 'focused' });
    run.audio.save(live.id, SPOKEN);
    await run.recover();
    expect(run.log).toEqual(['hear:a']);
    expect(run.resumed[0]).toHaveLength(SPOKEN.length);
    expect(run.record(live)).toMatchObject({ state: 'listening', rule: 'focused' });
  });

  it('once its text was journalled: it is sent, and the sound that was left goes', async () => {
    const run = new NextRun();
    const live = run.heard('a');
    run.audio.save(live.id, SPOKEN);
    await run.recover();
    expect(run.log).toEqual(['deliver:a:heard']);
    expect(run.audio.ids()).toEqual([]);
    expect(run.resumed).toEqual([]);
  });

  it('while it was shown: it is shown again', async () => {
    const run = new NextRun();
    const live = run.heard('a');
    run.journal.queue((queue) => queue.reviewing(live.id));
    await run.recover();
    expect(run.log).toEqual(['review:a']);
  });

  it('once Codex had it: the delivery looks up what became of it', async () => {
    const run = new NextRun();
    run.left('a', { state: 'accepted', prompt: 'a' });
    await run.recover();
    expect(run.log).toEqual(['deliver:a:accepted']);
  });

  it('after it had ended: nothing is left to do, and sound that is kept stays', async () => {
    const run = new NextRun();
    for (const state of ['answered', 'failed', 'cancelled', 'empty', 'interrupted'] as const) {
      run.audio.save(run.left(state, { state }).id, SPOKEN);
    }
    await run.recover();
    expect(run.log).toEqual([]);
    expect(run.audio.ids()).toHaveLength(5);
  });
});

describe('several of an earlier run', () => {
  it('are sent in the order into which they were put, then in that in which they were heard', async () => {
    const run = new NextRun();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => run.heard(name));
    if (!a || !b || !c || !d) throw new Error('four were said');
    run.journal.queue((queue) => queue.order([d.id, b.id]));
    const spoken = run.left('spoken');
    run.audio.save(spoken.id, SPOKEN);
    await run.recover();
    expect(run.log).toEqual([
      'deliver:d:heard',
      'deliver:b:heard',
      'deliver:a:heard',
      'deliver:c:heard',
      'hear:spoken',
    ]);
  });

  it('do not wait for one whose project is gone', async () => {
    const run = new NextRun();
    const lost = run.heard('lost', 'old');
    run.heard('b');
    await run.recover();
    expect(run.record(lost)).toMatchObject({ state: 'failed', error: { code: 'project-unknown' } });
    expect(run.log).toEqual(['ended:lost:failed', 'deliver:b:heard']);
  });

  it('do not wait for one whose sound cannot be read', async () => {
    const run = new NextRun();
    const broken = run.left('broken');
    writeFileSync(join(run.folder, 'audio', `${broken.id}.wav`), 'no sound');
    run.audio.save(run.left('b').id, SPOKEN);
    await run.recover();
    expect(run.record(broken)).toMatchObject({ state: 'failed', error: { code: 'audio-invalid' } });
    expect(run.log).toEqual(['ended:broken:failed', 'hear:b']);
  });

  it('do not wait for one that cannot be journalled, and the daemon starts', async () => {
    const run = new NextRun();
    const first = run.left('a');
    run.audio.save(run.left('b').id, SPOKEN);
    const journal: RecoveryParts['journal'] = {
      insert: () => undefined,
      insertSoon: () => undefined,
      update: () => {
        throw new VoiceError('journal-failed', 'The disk is full.', 'Make room.');
      },
      queue: (work) => run.journal.queue(work),
    };
    const { audio, bus, reviews, hearing, projects } = run;
    await recoverSounds(
      { journal, audio, bus, reviews, hearing, projects },
      run.journal.unfinished(),
      logger,
    );
    expect(run.log).toEqual(['hear:b']);
    expect(run.record(first)?.state).toBe('listening');
  });
});
