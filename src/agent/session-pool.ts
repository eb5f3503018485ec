import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import type { Project } from './project.ts';
import type { AgentSession, SessionEvent, SessionStatus } from './session.ts';

export interface PoolLimits {
  /** Number of sessions to keep running. More run only while all of them are in use. */
  size: number;
  /** Parks a session that was unused for this long, ms; null: never. */
  idleMs: number | null;
}

interface SessionPoolOptions {
  limits: () => PoolLimits;
  /** Creates a session of the project, without starting it. It continues the project's last thread. */
  create: (project: Project) => Promise<AgentSession>;
  /** True when the project's session is needed now: a prompt is in progress, or a user looks at it. */
  inUse: (project: string) => boolean;
  onEvent: (project: Project, event: SessionEvent) => void;
  logger: Logger;
}

interface Member {
  project: Project;
  session: AgentSession;
  /** performance.now() in ms. */
  usedAt: number;
  following: Promise<void>;
}

/**
 * Keeps one session for each project and starts it when needed. When there are too many, it parks those used longest
 * ago: their agent ends, and their thread is resumed at the next prompt. The creator closes it.
 */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #members = new Map<string, Member>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #beginning = new Map<string, Promise<Member>>();
  /** The last status of each parked session. */
  readonly #parked = new Map<string, SessionStatus>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  /** Returns the project's session unless it is parked or was never started. */
  running(project: string): AgentSession | null {
    return this.#members.get(project)?.session ?? null;
  }

  /** Returns the last known status of the project's session; null: it has not run yet. */
  status(project: string): SessionStatus | null {
    return this.running(project)?.status ?? this.#parked.get(project) ?? null;
  }

  /** Returns the project's session, starting it if necessary. If the start fails, the status says why. */
  async session(project: Project): Promise<AgentSession> {
    await this.#closing.get(project.name);
    if (this.#closed)
      throw new VoiceError('codex-down', 'codex-voice is ending.', 'Start it again: `codex-voice daemon`.');
    const member = this.#members.get(project.name) ?? (await this.#begin(project));
    member.usedAt = performance.now();
    if (member.session.status.state === 'down') {
      member.session.start().catch((error: unknown) => {
        this.#options.logger.warn({ err: error, project: project.name }, 'a session of Codex did not start');
      });
    }
    this.trim(project.name);
    return member.session;
  }

  /**
   * Parks unused sessions beyond the limits, and schedules the next look.
   * @param keep a project that was just requested and is not marked as in use yet
   */
  trim(keep?: string): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const { size, idleMs } = this.#options.limits();
    const now = performance.now();
    const byUse = [...this.#members.values()].toSorted((a, b) => a.usedAt - b.usedAt);
    let beyond = this.#members.size - size;
    for (const member of byUse) {
      if (this.#needed(member)) continue;
      const idle = idleMs !== null && now - member.usedAt >= idleMs;
      if (!idle && (beyond <= 0 || member.project.name === keep)) continue;
      beyond--;
      void this.park(member.project.name);
    }
    if (idleMs === null) return;
    const left = [...this.#members.values()].map((member) => member.usedAt + idleMs - now);
    if (left.length === 0) return;
    // A session in use is checked again when it may have become idle.
    this.#timer = setTimeout(() => this.trim(), Math.max(1_000, Math.min(...left)));
    this.#timer.unref();
  }

  /** Ends the project's agent. Its thread is resumed at the next prompt. */
  async park(project: string): Promise<void> {
    const member = this.#members.get(project);
    if (!member) return this.#closing.get(project);
    this.#options.logger.info({ project }, 'the session of Codex is parked');
    this.#members.delete(project);
    const { thread, model, transport } = member.session.status;
    this.#parked.set(project, { state: 'parked', thread, model, transport });
    const closing = this.#end(member).finally(() => this.#closing.delete(project));
    this.#closing.set(project, closing);
    await closing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#beginning.values());
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all([...members.map((member) => this.#end(member)), ...this.#closing.values()]);
  }

  /** Concurrent callers get the same session. */
  #begin(project: Project): Promise<Member> {
    const { name } = project;
    const known = this.#beginning.get(name);
    if (known !== undefined) return known;
    const beginning = this.#create(project).finally(() => this.#beginning.delete(name));
    this.#beginning.set(name, beginning);
    return beginning;
  }

  async #create(project: Project): Promise<Member> {
    const session = await this.#options.create(project);
    const member: Member = { project, session, usedAt: performance.now(), following: Promise.resolve() };
    this.#members.set(project.name, member);
    member.following = this.#follow(member);
    return member;
  }

  async #end({ session, following, project }: Member): Promise<void> {
    try {
      await session.close();
      await following;
    } catch (error) {
      this.#options.logger.error({ err: error, project: project.name }, 'a session of Codex did not close');
    }
  }

  #needed({ project, session }: Member): boolean {
    const { state } = session.status;
    const atWork =
      state === 'starting' || state === 'working' || state === 'waiting' || state === 'recovering';
    return atWork || this.#options.inUse(project.name);
  }

  async #follow(member: Member): Promise<void> {
    const { onEvent, logger } = this.#options;
    for await (const event of member.session.events) {
      try {
        onEvent(member.project, event);
      } catch (error) {
        logger.error({ err: error }, 'an event of Codex could not be handled');
      }
      if (event.type !== 'status' || event.status.state !== 'idle') continue;
      member.usedAt = performance.now();
      this.trim();
    }
  }
}
