import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import { childCommand } from '../../single-file/child.ts';
import { EngineProcess } from '../process/engine-process.ts';
import { earArguments } from '../process/messages.ts';
import { ProcessTranscriber } from '../process/process-transcriber.ts';
import { Supervisor } from '../process/supervisor.ts';
import type { Transcriber } from '../transcriber.ts';
import { HostedTurn } from './hosted-turn.ts';

/** Languages of the English model. */
const LANGUAGES: readonly string[] = ['en', 'auto'];

/**
 * Only the files of the weights are larger, bytes: 32 MB. The network makes the same large blocks again and again: to give
 * each back took three quarters of its time on a virtual machine with slow page faults (200 ms a text instead of 85), and
 * saves 55 MB of 330 (onnxruntime-node 1.24.3).
 */
const GIVES_BACK = 33_554_432;

export interface EarHostOptions {
  logger: Logger;
  /** The command of the process; default: this program's own child. */
  child?: { command: string; args: string[] };
  /** Called with the process id each time a process is ready, and what it runs: the ear, or smart-turn alone. */
  onReady?: (pid: number, runs: 'ear' | 'turn') => void;
  /** Tests are less patient, ms. */
  idleMs?: number;
  retryMs?: number;
}

interface HostedEar {
  /** Name of the model in `status`. */
  model: string;
  /** Folder of the weights, asked for at each start. @throws VoiceError cache-unusable, program-damaged */
  folder: () => string;
  /** ISO 639-1, or `auto`. */
  language: string;
}

/**
 * The process in which ONNX Runtime runs the ear and smart-turn. While a transcriber is open, the process stays with
 * the ear loaded, and loads smart-turn when the user first speaks. Without a transcriber, the process exists only while
 * the user speaks, for smart-turn. It ends when the transcribers and the turn detector are closed.
 */
export class EarHost {
  /** Hears whether the speaker has finished. */
  readonly turnDetector: HostedTurn;
  readonly #options: EarHostOptions;
  /** The process with the ear, which all transcribers share. */
  #ear: { supervisor: Supervisor; users: number } | null = null;

  constructor(options: EarHostOptions) {
    this.#options = options;
    const { logger, idleMs, retryMs } = options;
    this.turnDetector = new HostedTurn({
      shared: () => {
        const supervisor = this.#ear?.supervisor;
        return supervisor === undefined || supervisor.phase === 'failed' ? null : supervisor;
      },
      spawn: () => this.#supervisor('turn', () => null),
      logger,
      idleMs,
      retryMs,
    });
  }

  /**
   * Returns a transcriber that uses the ear; closing the last one ends the ear. It rejects with `config-invalid` for a
   * language that the ear does not know.
   */
  transcriber({ model, folder, language }: HostedEar): Transcriber {
    if (!LANGUAGES.includes(language)) {
      const supervisor = this.#supervisor('ear', () => {
        throw unknownLanguage(language);
      });
      return new ProcessTranscriber({ supervisor, model, release: () => supervisor.close() });
    }
    const ear = this.#ear ?? { supervisor: this.#supervisor('ear', folder), users: 0 };
    this.#ear = ear;
    ear.users += 1;
    let released = false;
    const release = async (): Promise<void> => {
      if (!released) ear.users -= 1;
      released = true;
      if (ear.users > 0) return;
      if (this.#ear === ear) this.#ear = null;
      await ear.supervisor.close();
    };
    return new ProcessTranscriber({ supervisor: ear.supervisor, model, release });
  }

  #supervisor(runs: 'ear' | 'turn', folder: () => string | null): Supervisor {
    const { logger, onReady, child = childCommand('ear') } = this.#options;
    const { command } = child;
    const spawn = (): EngineProcess => {
      const args = [...child.args, ...earArguments(folder())];
      return new EngineProcess({ command, args, givesBack: GIVES_BACK }, logger);
    };
    return new Supervisor({ spawn, logger, onReady: (pid) => onReady?.(pid, runs) });
  }
}

function unknownLanguage(language: string): VoiceError {
  return new VoiceError(
    'config-invalid',
    `The embedded speech engine supports only English, not the language "${language}".`,
    'Set language = "en" in config.toml, or whisper_model to a multilingual model (`codex-voice models` lists them).',
  );
}
