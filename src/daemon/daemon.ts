import { once } from 'node:events';
import type { Logger } from 'pino';
import type { Perform } from '../actions.ts';
import type { Rights } from '../approvals/rights.ts';
import { AttachedTerminals } from '../attach/attached-terminals.ts';
import { LiveOverview } from '../control/overview.ts';
import { type ControlServer, createControlServer } from '../control/server.ts';
import type { DaemonStatus } from '../control/status.ts';
import { EndedUtterances } from '../delivery/ended-utterances.ts';
import { reportOf, VoiceError } from '../errors.ts';
import { Bus, type Fact, type StageName } from '../facts.ts';
import { pathsOf } from '../files/paths.ts';
import type { HotkeyEvent, HotkeyState } from '../hotkey/hotkey.ts';
import { asideReport } from '../journal/journal.ts';
import { recoverPrompts, recoverSounds } from '../listening/recover.ts';
import { AgentProcesses } from '../peers/agents.ts';
import { systemGatekeeper } from '../peers/gatekeeper.ts';
import { PeerJudge } from '../peers/judge.ts';
import { processTable } from '../peers/process-table.ts';
import { Priorities } from '../processes/priorities.ts';
import { unattended } from '../processes/unattended.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { watchSettings } from '../settings/watch.ts';
import { pickModelOnce } from '../transcription/pick-model.ts';
import { updateFolder } from '../update/folder.ts';
import { UpdateMemory } from '../update/memory.ts';
import { releaseAge } from '../update/staleness.ts';
import { followUpdates } from '../update/update-child.ts';
import type { Utterance } from '../utterance.ts';
import { VERSION } from '../version.ts';
import { agent } from './agent.ts';
import type { DaemonEnd, DaemonOptions } from './daemon-options.ts';
import { DaemonTray } from './daemon-tray.ts';
import { GlobalHotkey } from './global-hotkey.ts';
import { isIdle } from './idle.ts';
import { Parts, type PartsOptions } from './parts.ts';
import { loadUserSettings } from './user-settings.ts';
import { eventOf } from './wire/events.ts';
import { controlHandlers, type HandledDaemon } from './wire/handlers.ts';
import type { Look } from './wire/look.ts';
import { statusOf } from './wire/status.ts';

/** The daemon process. `run` ends when it is stopped. */
export class Daemon implements HandledDaemon {
  readonly #startedAt = performance.now();
  /** State for status lines. */
  readonly #overview = new LiveOverview();
  readonly terminals = new AttachedTerminals(() => this.#running.projects, this.#overview);
  readonly #options: DaemonOptions;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #ends = new EndedUtterances();
  readonly #bus: Bus;
  #settings: LoadedSettings;
  #server: ControlServer | null = null;
  #parts: Parts | null = null;
  #tray: DaemonTray | null = null;
  #starting: Promise<void> = Promise.resolve();
  readonly #hotkey: GlobalHotkey;
  readonly #priorities: Priorities;
  readonly #processes = processTable();
  readonly #agents = new AgentProcesses(this.#processes);
  readonly #judge = new PeerJudge({
    table: this.#processes,
    agents: this.#agents,
    pid: process.pid,
    uid: process.getuid?.() ?? -1,
  });
  readonly #trusts = (pid: number): boolean => this.#judge.trustsService(pid);
  #end: DaemonEnd = 'stopped';

  constructor(options: DaemonOptions, settings: LoadedSettings, logger: Logger) {
    this.#options = options;
    this.#settings = settings;
    this.#logger = logger;
    this.#bus = new Bus(logger);
    this.#priorities = new Priorities({ env: options.env, logger: logger.child({ part: 'priority' }) });
    this.#hotkey = new GlobalHotkey({
      settings: () => this.#settings.settings.hotkey,
      env: options.env,
      trusts: this.#trusts,
      onEvent: (event, backend) => this.#onHotkey(event, backend),
      logger: logger.child({ part: 'hotkey' }),
    });
    options.stop.addEventListener('abort', () => this.stop(), { once: true, signal: this.#stopping.signal });
    // It may have been told while it read its settings.
    if (options.stop.aborted) this.stop();
  }

  get env(): NodeJS.ProcessEnv {
    return this.#options.env;
  }

  get settings(): LoadedSettings {
    return this.#settings;
  }

  /** The stage of listening, or the daemon's own stage. */
  get stage(): StageName | 'starting' | 'stopping' {
    if (this.#stopping.signal.aborted) return 'stopping';
    return this.#parts?.loop.stage.name ?? 'starting';
  }

  get look(): Look {
    return this.#running;
  }

  get rights(): Rights {
    return this.#running.rights;
  }

  /** @throws VoiceError daemon-failed */
  get #running(): Parts {
    if (this.#parts) return this.#parts;
    throw new VoiceError('daemon-failed', 'The daemon is still starting.', 'Try again in a second.');
  }

  readonly perform: Perform = async (action, origin) => this.#running.perform(action, origin);

  async status(): Promise<DaemonStatus> {
    const memory = new UpdateMemory(updateFolder(pathsOf(this.env).state), this.#logger);
    const daemon = {
      version: VERSION,
      uptime_s: Math.round((performance.now() - this.#startedAt) / 1_000),
      hotkey: this.#hotkey.state,
      tray: this.#tray?.state ?? { backend: 'none', state: 'off' },
      priority: this.#priorities.state,
      updates: releaseAge(memory.read(), this.#settings.settings.update.channel),
    } as const;
    return statusOf(this.#running, daemon, this.terminals.count);
  }

  async run(): Promise<DaemonEnd> {
    const { env, workingDirectory } = this.#options;
    const paths = pathsOf(env);
    try {
      // First, because the socket makes this the only daemon.
      this.#server = await createControlServer({
        path: paths.controlSocket,
        version: VERSION,
        handlers: controlHandlers(this),
        gatekeeper: await systemGatekeeper(this.#judge, this.#logger),
        logger: this.#logger.child({ part: 'control' }),
      });
      // Before the first child, which must not inherit the priority of an earlier program in this process.
      void this.#priorities.start();
      await agent.endOrphans(paths.sessions, this.#logger);
      this.#subscribe(this.#server);
      this.#parts = await Parts.create({
        settings: this.#settings.settings,
        paths,
        env,
        workingDirectory,
        bus: this.#bus,
        program: this.#program,
        terminals: this.terminals,
        agents: this.#agents,
        trusts: this.#trusts,
        give: (pid, role) => void this.#priorities.give(pid, role),
        logger: this.#logger,
      });
      // Before any prompt can arrive, so that only utterances of earlier runs are in the list.
      const unfinished = this.#parts.journal.unfinished();
      recoverPrompts(this.#parts, unfinished, this.#logger);
      this.#hotkey.stage(this.#parts.loop.stage.name);
      this.#tray = this.#openTray(this.#parts);
      this.#bus.subscribe('tray', (fact) => this.#tray?.learn(fact));
      this.#starting = this.#parts.start();
      // A stop does not wait for Codex and the speech engine, which take half a minute on a busy machine.
      await Promise.race([this.#starting, aborted(this.#stopping.signal)]);
      if (this.#stopping.signal.aborted) return this.#end;
      this.#logger.info({ ms: Math.round(performance.now() - this.#startedAt) }, 'ready');
      // The user may have paused it days ago.
      if (this.#parts.loop.stage.name === 'paused') this.#bus.publish({ type: 'refused' });
      const { setAside } = this.#parts.journal;
      if (setAside !== null) this.#bus.publish({ type: 'trouble', error: asideReport(setAside) });
      await this.#options.onReady?.(this.#logger);
      await recoverSounds(this.#parts, unfinished, this.#logger);
      this.#beside('config.toml is no longer watched', this.#watch());
      this.#beside('the check for new versions ended', this.#checkForUpdates(this.#parts));
      this.#beside('no model could be picked for this machine', this.#pickModel());
      await aborted(this.#stopping.signal);
      return this.#end;
    } finally {
      await this.#close();
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Actions about the daemon itself. */
  get #program(): PartsOptions['program'] {
    return {
      reload: () => this.#reload(),
      restart: () => {
        const idle = isIdle(this.#running, this.terminals.count);
        if (idle) this.#end = 'restart';
        if (idle) this.stop();
        return idle;
      },
      stop: () => this.stop(),
    };
  }

  async #reload(): Promise<boolean> {
    const before = JSON.stringify(this.#settings);
    await this.#apply(await loadUserSettings(this.#options.env));
    return JSON.stringify(this.#settings) !== before;
  }

  async ended(id: string, signal: AbortSignal): Promise<Utterance> {
    return this.#ends.ended(id, () => this.#running.journal.get(id), signal);
  }

  /** Runs background work. @param failure log message for its failure */
  #beside(failure: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#logger.error({ err: error }, failure);
    });
  }

  #subscribe(server: ControlServer): void {
    const tell = (fact: Fact): void => {
      const event = eventOf(fact);
      if (event === null) return;
      server.broadcast(event);
      this.#overview.learn(event);
    };
    this.#bus.subscribe('hotkey', (fact) => this.#hotkey.learn(fact));
    this.#bus.subscribe('control socket', tell);
    this.#bus.subscribe('pop-up windows', (fact) => this.#parts?.popups.learn(fact));
    this.#bus.subscribe('ended utterances', (fact) => this.#ends.learn(fact));
  }

  #onHotkey(event: HotkeyEvent, backend: string): void {
    if (event.type === 'state') this.#tellHotkey(event.state);
    else {
      const { type: key, at } = event;
      this.#bus.publish({ type: 'hotkey', key, backend });
      unattended(this.#logger, 'a key press', () => this.perform({ type: 'key', key, at }, 'hotkey'));
    }
  }

  #openTray(parts: Parts): DaemonTray {
    const { env } = this.#options;
    return new DaemonTray(
      {
        journal: parts.journal,
        projects: parts.projects,
        now: () => ({
          stage: parts.loop.stage.name,
          hotkey: this.#hotkey.state,
          microphone: parts.microphone.state,
          transcriber: parts.transcriber.state,
        }),
        bus: this.#bus,
        perform: parts.perform,
        env,
        trusts: this.#trusts,
        logger: this.#logger.child({ part: 'tray' }),
      },
      this.#settings.settings,
    );
  }

  /** Only the user can free a taken key. A missing display returns by itself, so it is only logged. */
  #tellHotkey({ state, reason }: HotkeyState): void {
    this.#tray?.refresh();
    if (state === 'grabbed') {
      this.#logger.info('the hotkey is grabbed');
      this.#bus.publish({ type: 'works', parts: ['hotkey'] });
    } else if (reason) {
      this.#logger.warn({ code: reason.code, reason: reason.message }, 'no hotkey');
      if (reason.code === 'hotkey-taken') this.#bus.publish({ type: 'trouble', error: reason });
    }
  }

  async #watch(): Promise<void> {
    const { env } = this.#options;
    const changes = watchSettings({
      file: pathsOf(env).config,
      current: this.#settings,
      load: () => loadUserSettings(env),
      signal: this.#stopping.signal,
      logger: this.#logger,
    });
    for await (const change of changes) {
      try {
        if ('error' in change) throw change.error;
        await this.#apply(change.settings);
        this.#bus.publish({ type: 'works', parts: ['config', 'not'] });
      } catch (error) {
        this.#logger.error({ err: error }, 'config.toml could not be applied');
        this.#bus.publish({ type: 'trouble', error: reportOf(error) });
      }
    }
  }

  #checkForUpdates(parts: Parts): Promise<void> {
    return followUpdates({
      settings: () => parts.settings.update,
      idle: () => isIdle(parts),
      announce: (notice) => this.#bus.publish({ type: 'notice', notice }),
      env: this.env,
      version: VERSION,
      signal: this.#stopping.signal,
      logger: this.#logger,
    });
  }

  async #pickModel(): Promise<void> {
    const options = { env: this.env, signal: this.#stopping.signal, logger: this.#logger };
    if (await pickModelOnce(this.#settings, options)) await this.#reload();
  }

  async #apply(next: LoadedSettings): Promise<void> {
    const before = this.#settings;
    await this.#running.apply(next.settings);
    this.#settings = next;
    await this.#tray?.apply(next.settings);
    this.#logger.info('the settings were applied');
    if (JSON.stringify(before.settings.hotkey) === JSON.stringify(next.settings.hotkey)) return;
    await this.#hotkey.renew();
  }

  async #close(): Promise<void> {
    this.#stopping.abort(); // Also ends background work after a failed start.
    await this.#hotkey.close();
    await this.#tray?.close();
    if (this.#parts) {
      const { loop, hearing } = this.#parts;
      // Speech in progress is heard to its end and kept for the next run.
      if (loop.stage.name === 'listening') loop.dispatch({ type: 'toggle', at: performance.now() });
      await hearing.settled();
      await this.#parts.close();
      await this.#starting;
    }
    this.#priorities.close();
    await this.#server?.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
