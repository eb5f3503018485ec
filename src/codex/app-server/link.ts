import type { Logger } from 'pino';
import type { AgentProgram } from '../../agent/agent.ts';
import { VoiceError } from '../../errors.ts';
import { closesSocket } from '../binary.ts';
import { noConversation } from '../errors.ts';
import type { ParamsOf, ResultOf, Thread, Turn } from '../protocol.ts';
import type { AppServerClient } from './client.ts';
import { RequestError } from './client-errors.ts';
import { AppServer } from './server.ts';

/** The name of this program in Codex's records. */
const CLIENT_INFO = { name: 'codex-voice', title: 'codex-voice', version: '0.1.0' };
/** Notifications that this program ignores. */
const UNUSED = [
  'item/reasoning/textDelta',
  'item/reasoning/summaryTextDelta',
  'item/commandExecution/outputDelta',
  'turn/diff/updated',
  'mcpServer/startupStatus/updated',
];

interface LinkOptions {
  codex: AgentProgram;
  /** Private folder of the socket. */
  socketFolder: string;
  env: NodeJS.ProcessEnv;
  /** See SessionOptions. */
  started?: ((pid: number) => void) | undefined;
  logger: Logger;
  signal: AbortSignal;
}

export interface OpenThread {
  id: string;
  model: string;
  status: ResultOf<'thread/start'>['thread']['status'];
}

/** This program's app-server and the connection to it. */
export class CodexLink {
  readonly server: AppServer;
  readonly client: AppServerClient;
  readonly #logger: Logger;

  private constructor(server: AppServer, client: AppServerClient, logger: Logger) {
    this.server = server;
    this.client = client;
    this.#logger = logger;
  }

  /** Starts the server and connects. @throws VoiceError codex-down, codex-signed-out */
  static async open(options: LinkOptions): Promise<CodexLink> {
    const { logger, signal } = options;
    const server = await AppServer.start({
      binary: options.codex.path,
      folder: options.socketFolder,
      env: options.env,
      onSocket: closesSocket(options.codex.version),
      started: options.started,
      logger,
    });
    try {
      const client = await server.connect(logger, signal);
      const link = new CodexLink(server, client, logger);
      await link.#greet();
      return link;
    } catch (error) {
      const explained = await server.explained(error);
      await server.stop();
      throw explained;
    }
  }

  async #greet(): Promise<void> {
    await this.client.request('initialize', {
      clientInfo: CLIENT_INFO,
      capabilities: { experimentalApi: true, optOutNotificationMethods: UNUSED },
    });
    this.client.notify('initialized');
    const { account, requiresOpenaiAuth } = await this.client.request('account/read', {
      refreshToken: false,
    });
    this.#checkConfig();
    if (account || !requiresOpenaiAuth) return;
    throw new VoiceError(
      'codex-signed-out',
      'Codex is not signed in.',
      'Run `codex login`, then say it again.',
    );
  }

  /** With an unreadable config.toml, Codex would continue with a different model, sandbox and approvals. */
  #checkConfig(): void {
    const problem = this.server.configError;
    if (problem === null) return;
    throw new VoiceError(
      'codex-down',
      `Codex cannot read its configuration: ${problem}`,
      "Correct Codex's config.toml. Nothing is sent until then.",
    );
  }

  /**
   * Records that a folder is trusted, as Codex's own question does, unless the user has decided already. Only for
   * folders that the settings name, or that the user has just trusted.
   */
  async trust(directory: string): Promise<void> {
    if (await this.isTrustDecided(directory)) return;
    this.#logger.info({ directory }, 'the folder is trusted');
    await this.client.request('config/batchWrite', {
      edits: [
        { keyPath: 'projects', value: { [directory]: { trust_level: 'trusted' } }, mergeStrategy: 'upsert' },
      ],
      reloadUserConfig: true,
    });
  }

  /** True when the user has decided whether to trust a folder. */
  async isTrustDecided(directory: string): Promise<boolean> {
    const { config } = await this.client.request('config/read', { cwd: directory, includeLayers: false });
    return Boolean(config.projects?.[directory]?.trust_level);
  }

  /** Returns the table `tui` of the configuration for a folder; undefined when Codex does not report it. */
  async tuiTable(directory: string): Promise<unknown> {
    try {
      const { config } = await this.client.request('config/read', { cwd: directory, includeLayers: false });
      return config.tui;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#logger.warn({ err: error }, 'Codex does not report its configuration');
      return undefined;
    }
  }

  /** Resumes a thread, or starts one if there is none to resume. */
  async openThread(directory: string, name: string, resume: string | null): Promise<OpenThread> {
    if (resume) {
      try {
        return await this.resumeThread(resume);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        this.#logger.warn(
          { thread: resume, err: error },
          'the conversation cannot be resumed: a new one begins',
        );
      }
    }
    const { thread, model } = await this.client.request('thread/start', { cwd: directory });
    await this.nameThread(thread.id, name);
    return { id: thread.id, model, status: thread.status };
  }

  /** Subscribes to a thread that Codex knows. @throws RequestError when it does not */
  async resumeThread(threadId: string): Promise<OpenThread> {
    const { thread, model } = await this.client.request('thread/resume', { threadId, excludeTurns: true });
    return { id: thread.id, model, status: thread.status };
  }

  /** A thread without a name is not on disk and cannot be resumed (Codex 0.169.0). */
  async nameThread(threadId: string, name: string): Promise<void> {
    await this.client.request('thread/name/set', { threadId, name });
  }

  /** Returns a thread, with its turns if requested. @throws RequestError when Codex does not know it */
  async readThread(threadId: string, includeTurns = false): Promise<Thread> {
    const { thread } = await this.client.request('thread/read', { threadId, includeTurns });
    return thread;
  }

  /** Returns the last turn of a thread with its items; null when it has none. */
  async lastTurn(threadId: string): Promise<Turn | null> {
    return (await this.readThread(threadId, true)).turns.at(-1) ?? null;
  }

  /**
   * Sends a prompt. Nothing in the text is a command, and a running turn takes it in (verified with Codex 0.171.0).
   * @throws RequestError, ConnectionLost; VoiceError codex-down
   */
  async startTurn(threadId: string, text: string): Promise<void> {
    await this.client.request('turn/start', { threadId, input: [{ type: 'text', text }] });
  }

  async interrupt(params: ParamsOf['turn/interrupt']): Promise<void> {
    await this.client.request('turn/interrupt', params);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.server.stop();
  }
}

/** Opens another thread of the same folder; null: a new one. @throws VoiceError not-found */
export async function openedThread(
  link: CodexLink,
  directory: string,
  name: string,
  thread: string | null,
): Promise<OpenThread> {
  if (thread === null) return link.openThread(directory, name, null);
  try {
    return await link.resumeThread(thread);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw noConversation(thread, error);
  }
}
