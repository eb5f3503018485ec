import { errorOf } from '../../errors.ts';
import type { TransportPlace } from '../transport.ts';
import { approvalPending } from '../tui/gate.ts';
import { blockedBy } from '../tui/screen.ts';
import type { TrustQuestion } from '../tui/trust-question.ts';
import type { TurnStart } from '../turn-starter.ts';
import { ConnectionLost, RequestError } from './client-errors.ts';
import type { CodexLink } from './link.ts';

interface ServerTurnsParts {
  place: Pick<TransportPlace, 'options' | 'directory'>;
  trust: TrustQuestion;
  /** The connection to Codex; null: it is not ready. */
  link: () => CodexLink | null;
}

/** Sends prompts through the app-server. */
export class ServerTurns implements TurnStart {
  readonly #parts: ServerTurnsParts;

  constructor(parts: ServerTurnsParts) {
    this.#parts = parts;
  }

  async ready(): Promise<void> {
    const { place, trust } = this.#parts;
    const link = this.#parts.link();
    if (!link || place.options.project.trusted) return;
    try {
      if (await link.isTrustDecided(place.directory)) return;
    } catch (error) {
      // The gate is closed now. It is asked again after the recovery.
      if (error instanceof ConnectionLost) return;
      throw error;
    }
    trust.seen({ kind: 'blocked', by: 'folder-trust' }, place.directory);
    const [request] = trust.pending;
    throw errorOf(request ? approvalPending(request) : blockedBy('folder-trust'));
  }

  async send(thread: string, text: string): Promise<boolean> {
    const link = this.#parts.link();
    try {
      await link?.startTurn(thread, text);
      return link !== null;
    } catch (error) {
      if (error instanceof RequestError) throw error;
      // A server that does not answer could still take the text. When it has ended, the history is final.
      link?.client.close();
      return false;
    }
  }
}
