import type { Action, Perform } from '../../actions.ts';
import type { Rights } from '../../approvals/rights.ts';
import type { AttachedTerminals } from '../../attach/attached-terminals.ts';
import type { Method } from '../../control/params.ts';
import { RESULTS, type Results } from '../../control/results.ts';
import type { ControlHandlers } from '../../control/server.ts';
import type { DaemonStatus } from '../../control/status.ts';
import type { LoadedSettings } from '../../settings/load.ts';
import type { Utterance } from '../../utterance.ts';
import { type Look, projectsNow, statsOf } from './look.ts';
import { requestHandlers } from './request-handlers.ts';
import { terminalHandlers } from './terminal-handlers.ts';

/** The daemon, as the control socket sees it. */
export interface HandledDaemon {
  perform: Perform;
  /** @throws VoiceError daemon-failed while it is still starting */
  readonly look: Look;
  /** @throws VoiceError daemon-failed while it is still starting */
  readonly rights: Pick<Rights, 'requireDecider'>;
  readonly settings: LoadedSettings;
  /** Clients that look at hidden terminals. */
  readonly terminals: AttachedTerminals;
  readonly env: NodeJS.ProcessEnv;
  status(): Promise<DaemonStatus>;
  /** Resolves with an utterance's record when it has ended. */
  ended(id: string, signal: AbortSignal): Promise<Utterance>;
}

/**
 * Handles each request of the control socket: an action, or a look at the state. Results pass the schemas of control/,
 * which drop every field that the protocol does not have.
 */
export function controlHandlers(daemon: HandledDaemon): ControlHandlers {
  const key = (name: 'press' | 'release' | 'toggle' | 'cancel') => async () => {
    return { stage: await daemon.perform({ type: 'key', key: name }, 'socket') };
  };
  const pause = (paused: boolean) => async () => {
    return { stage: await daemon.perform({ type: 'pause', paused }, 'socket') };
  };
  const queue = (): Results['queue'] => ({
    queue: daemon.look.projects.deliveries.flatMap(({ entries }) => entries),
  });
  const reviews = (): Results['review'] => ({ reviews: daemon.look.reviews.all });
  /** Performs an action and returns the new state. */
  const after = async <T>(action: Action, now: () => T): Promise<T> => {
    await daemon.perform(action, 'socket');
    return now();
  };
  return withCheckedResults({
    ...requestHandlers(daemon.perform),
    ...terminalHandlers(daemon.terminals, () => daemon.rights.requireDecider('socket')),
    toggle: key('toggle'),
    press: key('press'),
    release: key('release'),
    cancel: key('cancel'),
    pause: pause(true),
    unpause: pause(false),
    ask: async ({ text = '', audio: file, partial, source, wait, project }, _peer, signal) => {
      const id =
        file === undefined
          ? await daemon.perform({ type: 'ask', text, source, project }, 'socket')
          : await daemon.perform({ type: 'ask-recording', file, partial, project }, 'socket');
      return { id, utterance: wait ? await daemon.ended(id, signal) : null };
    },
    interrupt: async () => ({ interrupted: await daemon.perform({ type: 'interrupt' }, 'socket') }),
    queue: async () => queue(),
    'queue/move': ({ id, position }) => after({ type: 'queue-move', utterance: id, position }, queue),
    'queue/drop': ({ id }) => after({ type: 'queue-drop', utterance: id }, queue),
    'queue/send': ({ id }) => after({ type: 'queue-send', utterance: id }, queue),
    review: async () => reviews(),
    'review/send': ({ id }) => after({ type: 'review-send', utterance: id }, reviews),
    'review/cancel': ({ id }) => after({ type: 'review-cancel', utterance: id }, reviews),
    'review/edit': ({ id, text }) => after({ type: 'review-send', utterance: id, text }, reviews),
    'review/hold': async ({ id }, { signal }) => {
      return { review: await daemon.perform({ type: 'review-hold', utterance: id, signal }, 'socket') };
    },
    'review/open': ({ id }) => after({ type: 'review-edit', utterance: id }, reviews),
    use: ({ project }) => daemon.perform({ type: 'choose-project', project }, 'socket'),
    new: ({ project }) => daemon.perform({ type: 'open-conversation', project, thread: null }, 'socket'),
    resume: ({ id, project }) => daemon.perform({ type: 'open-conversation', project, thread: id }, 'socket'),
    popup: ({ project, composer, display }) => {
      const env = { ...daemon.env, ...display };
      return daemon.perform({ type: 'open-terminal', project, composer, env }, 'socket');
    },
    projects: async () => ({ projects: projectsNow(daemon.look) }),
    sessions: async ({ project: name, limit }) => {
      const { projects } = daemon.look;
      const project = name === undefined ? projects.current.name : projects.called(name).name;
      return projects.withSession(project, async (session) => {
        const sessions = await session.threads(limit);
        return { project, current: session.status.thread, sessions };
      });
    },
    status: () => daemon.status(),
    history: async ({ query, limit, before }) => ({
      utterances: daemon.look.journal.list({ query, limit, ...(before === undefined ? {} : { before }) }),
    }),
    stats: async ({ limit }) => statsOf(daemon.look, limit),
    config: async () => daemon.settings,
    reload: async () => ({ changed: await daemon.perform({ type: 'reload' }, 'socket') }),
    restart: async () => ({ restarting: await daemon.perform({ type: 'restart' }, 'socket') }),
    stop: () => after({ type: 'stop' }, () => ({})),
  });
}

/** Passes each result through its schema. */
function withCheckedResults(handlers: ControlHandlers): ControlHandlers {
  type Handler = (...call: never[]) => unknown;
  const checked = Object.entries<Handler>(handlers).map(([name, handle]): [string, Handler] => {
    if (!Object.hasOwn(RESULTS, name)) return [name, handle];
    return [name, async (...call) => RESULTS[name as Method].parse(await handle(...call))];
  });
  return Object.fromEntries(checked) as unknown as ControlHandlers;
}
