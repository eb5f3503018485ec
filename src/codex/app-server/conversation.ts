import type { Answer, PendingRequest } from '../../agent/requests.ts';
import { isSameFolder } from '../../files/user-paths.ts';
import type { Notification, RequestId, Thread, ThreadItem, ThreadStatus, UserRequest } from '../protocol.ts';
import type { FileChanges } from '../requests/describe.ts';
import { PendingRequests } from '../requests/pending-requests.ts';
import type { OpenThread } from './link.ts';

interface ConversationListener {
  requested(request: PendingRequest): void;
  resolved(id: string): void;
  /** Another thread was opened, here or by the user in the terminal. */
  moved(thread: string, how: 'begun' | 'resumed'): void;
}

const UNKNOWN: ThreadStatus = { type: 'notLoaded' };

/** The state of the thread, from the server's notifications: its status, its running turn, its requests. */
export class Conversation {
  readonly #listener: ConversationListener;
  readonly #directory: string;
  readonly #requests = new PendingRequests();
  /** Contents of file changes in the running turn, by item. */
  readonly #changes = new Map<string, FileChanges>();
  #thread: OpenThread | null = null;
  #turn: string | null = null;
  #interruptedAt = Number.NEGATIVE_INFINITY;

  /** @param directory real path of the project; new threads in other folders are ignored */
  constructor(directory: string, listener: ConversationListener) {
    this.#directory = directory;
    this.#listener = listener;
  }

  get thread(): string | null {
    return this.#thread?.id ?? null;
  }

  get model(): string | null {
    return this.#thread?.model ?? null;
  }

  get status(): ThreadStatus {
    return this.#thread?.status ?? UNKNOWN;
  }

  /** The running turn; null when there is none, or it began before this program connected. */
  get turn(): string | null {
    return this.#turn;
  }

  /** Time of the last interruption, performance.now() in ms. */
  get interruptedAt(): number {
    return this.#interruptedAt;
  }

  get pending(): readonly PendingRequest[] {
    return this.#requests.all;
  }

  opened(thread: OpenThread): void {
    if (thread.id !== this.#thread?.id) this.#turn = null;
    this.#thread = thread;
  }

  /** Call it when the server has ended: nothing runs, and no request waits. */
  lost(): void {
    this.#turn = null;
    if (this.#thread) this.#thread = { ...this.#thread, status: UNKNOWN };
    this.#changes.clear();
    for (const id of this.#requests.clear()) this.#listener.resolved(id);
  }

  /** Requests of subagents count too: the terminal shows them in the same place. */
  requested(request: UserRequest): void {
    const news = this.#requests.add(request, {
      directory: this.#directory,
      changesOf: (item) => this.#changes.get(item) ?? null,
    });
    if (news?.replaced) this.#listener.resolved(news.replaced);
    if (news) this.#listener.requested(news.added);
  }

  /** @throws VoiceError request-gone, request-changed, request-unfit */
  answer(id: string, hash: string, answer: Answer, respond: (id: RequestId, result: unknown) => void): void {
    this.#requests.answer(id, hash, answer, respond);
  }

  notified(notification: Notification): void {
    const { method, params } = notification;
    switch (method) {
      case 'serverRequest/resolved':
        this.#resolve(params.requestId);
        return;
      case 'item/started':
        this.#changed(params.item);
        return;
      case 'thread/started':
        this.#started(params.thread);
        return;
      case 'thread/goal/cleared':
        if (params.threadId !== this.thread) this.#listener.moved(params.threadId, 'resumed');
        return;
      case 'thread/status/changed':
        if (this.#thread && params.threadId === this.#thread.id) {
          this.#thread = { ...this.#thread, status: params.status };
        }
        return;
      case 'turn/started':
        if (params.threadId === this.thread) this.#turn = params.turn.id;
        return;
      case 'turn/completed':
        if (params.turn.id === this.#turn) this.#turn = null;
        this.#changes.clear();
        if (params.turn.status === 'interrupted') this.#interruptedAt = performance.now();
        return;
    }
  }

  /** Ignores subagents and temporary threads (titles, reviews), which are not the user's conversation. */
  #started(thread: Thread): void {
    if (thread.id === this.thread || thread.parentThreadId || thread.ephemeral) return;
    if (isSameFolder(thread.cwd, this.#directory)) this.#listener.moved(thread.id, 'begun');
  }

  #changed({ id, changes }: ThreadItem): void {
    if (changes) this.#changes.set(id, changes);
  }

  #resolve(codexId: RequestId): void {
    const id = this.#requests.resolve(codexId);
    if (id !== null) this.#listener.resolved(id);
  }
}
