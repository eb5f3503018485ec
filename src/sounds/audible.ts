import type { Logger } from 'pino';
import type { WaitingRequest } from '../agent/requests.ts';
import type { Bus } from '../facts.ts';
import type { Settings } from '../settings/schema.ts';
import { AnswersAloud } from './answers-aloud.ts';
import { Cues } from './cues.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { OpenMicrophone } from './open-microphone.ts';
import { RequestsAloud } from './requests-aloud.ts';
import { createSounds, type Sounds } from './sounds.ts';
import { findVoice, SharedVoice } from './voice.ts';

interface AudibleOptions {
  /** Returns the current settings. */
  settings: () => Pick<Settings, 'reply' | 'approvals'>;
  /** Returns all waiting requests. */
  pending: () => readonly WaitingRequest[];
  bus: Pick<Bus, 'subscribe'>;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Everything that makes a sound: cues, and texts that are read aloud with one shared voice. */
export class Audible {
  readonly requests: RequestsAloud;
  readonly #options: AudibleOptions;
  readonly #loudspeaker = new Loudspeaker();
  readonly #answers: AnswersAloud;
  #sounds: Sounds;

  constructor(options: AudibleOptions) {
    const { settings, pending, bus, env, logger } = options;
    this.#options = options;
    this.#sounds = this.#newSounds();
    const shared = new SharedVoice(() => findVoice(env, logger), this.#loudspeaker);
    const microphone = new OpenMicrophone();
    const voice = { microphone, voice: () => shared.find(), logger };
    const enabled = (): boolean => settings().reply.speak;
    const quiet = (): boolean => settings().reply.notify === 'quiet';
    const cues = new Cues({ sounds: () => this.#sounds, quiet, microphone });
    this.#answers = new AnswersAloud({ enabled, quiet, ...voice });
    this.requests = new RequestsAloud({ settings: () => settings().approvals, pending, ...voice });
    bus.subscribe('open microphone', (fact) => microphone.learn(fact));
    bus.subscribe('answers aloud', (fact) => this.#answers.learn(fact));
    bus.subscribe('cues', (fact) => cues.learn(fact));
    bus.subscribe('requests aloud', (fact) => this.requests.learn(fact));
  }

  /** True if a sound of this program could be heard at that time, performance.now() in ms. */
  isHeard(at: number): boolean {
    return this.#loudspeaker.audible(at);
  }

  /** Applies new settings. @returns the old part, to close when it is unused */
  renew(): Pick<Sounds, 'close'> {
    const old = this.#sounds;
    this.#sounds = this.#newSounds();
    return old;
  }

  async close(): Promise<void> {
    this.requests.close();
    this.#answers.close();
    await this.#sounds.close();
  }

  #newSounds(): Sounds {
    const { settings, env, logger } = this.#options;
    return createSounds({ enabled: settings().reply.sound, loudspeaker: this.#loudspeaker, env, logger });
  }
}
