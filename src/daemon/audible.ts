import type { Logger } from 'pino';
import type { Bus } from '../facts.ts';
import type { Closable } from '../listening/retired-parts.ts';
import type { Settings } from '../settings/schema.ts';
import { Cues } from '../sounds/cues.ts';
import { Loudspeaker } from '../sounds/loudspeaker.ts';
import { createSounds, type Sounds } from '../sounds/sounds.ts';
import { findVoice, SharedVoice, type Voice } from '../sounds/voice.ts';
import { AnswersAloud } from './answers-aloud.ts';

interface AudibleOptions {
  /** `[reply]`, in force now. */
  settings: () => Settings['reply'];
  bus: Pick<Bus, 'subscribe'>;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** All that makes a sound: cues, and what is read aloud with the one voice. */
export class Audible {
  readonly #options: AudibleOptions;
  readonly #loudspeaker = new Loudspeaker();
  readonly #voice: SharedVoice;
  readonly #aloud: AnswersAloud;
  #sounds: Sounds;

  constructor(options: AudibleOptions) {
    const { settings, bus, env, logger } = options;
    this.#options = options;
    this.#voice = new SharedVoice(() => findVoice(env, logger), this.#loudspeaker);
    this.#sounds = this.#newSounds();
    const quiet = (): boolean => settings().notify === 'quiet';
    const voice = (): Promise<Voice | null> => this.voice();
    this.#aloud = new AnswersAloud({ enabled: () => settings().speak, quiet, voice, logger });
    const cues = new Cues({ sounds: () => this.#sounds, quiet });
    bus.subscribe('answers aloud', (fact) => this.#aloud.learn(fact));
    bus.subscribe('cues', (fact) => cues.learn(fact));
  }

  /** The voice that is installed now; null: there is none. */
  voice(): Promise<Voice | null> {
    return this.#voice.find();
  }

  /** Reports whether a sound of our own could be heard at this moment, performance.now() in ms. */
  isHeard(at: number): boolean {
    return this.#loudspeaker.audible(at);
  }

  /** Takes over new settings. @returns what is to be closed once nothing uses it any more */
  renew(): Closable {
    const old = this.#sounds;
    this.#sounds = this.#newSounds();
    return old;
  }

  async close(): Promise<void> {
    this.#aloud.close();
    await this.#sounds.close();
  }

  #newSounds(): Sounds {
    const { settings, env, logger } = this.#options;
    return createSounds({ enabled: settings().sound, loudspeaker: this.#loudspeaker, env, logger });
  }
}
