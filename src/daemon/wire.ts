import type { Action, Perform } from '../actions.ts';
import type { Rights } from '../approvals/rights.ts';
import type { AttachedTerminals } from '../attach/attached-terminals.ts';
import { type ControlEvent, type EventName, type EventPayloads, PAYLOADS } from '../control/events.ts';
import type { Method } from '../control/params.ts';
import { RESULTS, type Results } from '../control/results.ts';
import type { ControlHandlers } from '../control/server.ts';
import type { DaemonStatus } from '../control/status.ts';
import type { Projects } from '../delivery/projects.ts';
import type { Fact } from '../facts.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import { asideReport, type Journal } from '../journal/journal.ts';
import { stagePercentiles } from '../metrics/percentiles.ts';
import type { Reviews } from '../review/reviews.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { Utterance } from '../utterance.ts';
import { isIdle } from './idle.ts';
import type { Parts } from './parts.ts';

/**
 * Maps facts, actions and states to the control protocol. Results pass the schemas of control/, which drop every field
 * that the protocol does not have.
 */

/** Returns the event for a fact; null: clients do not get it. */
export function eventOf(fact: Fact): ControlEvent | null {
  switch (fact.type) {
    case 'stage':
      return event('stage', fact);
    case 'level':
      return event('level', { ...fact, utterance: fact.utterance.id });
    case 'partial':
      return event('partial', { ...fact, utterance: fact.utterance.id });
    case 'heard': {
      const { id, transcript } = fact.utterance;
      return event('transcript', { ...fact.utterance, utterance: id, text: transcript ?? '' });
    }
    case 'reviews':
      return event('review', fact);
    case 'accepted': {
      const { id, prompt } = fact.utterance;
      return event('accepted', { ...fact.utterance, utterance: id, prompt: prompt ?? '', turn: fact.turn });
    }
    case 'activity': {
      const { id, project } = fact.utterance;
      return event('activity', { utterance: id, project, activity: fact.activity });
    }
    case 'delta':
      return event('delta', { utterance: fact.utterance.id, text: fact.text });
    case 'ended':
      return event('answer', { utterance: fact.utterance.id, record: fact.utterance });
    case 'requested':
      return event('approval', fact);
    case 'resolved':
      return event('resolved', fact);
    case 'queue':
      return event('queue', fact);
    case 'project':
      return event('project', fact);
    case 'session':
      return event('session', fact);
    case 'timings':
      return event('timings', fact);
    case 'trouble':
      return event('error', { utterance: null, error: fact.error });
    default:
      return null;
  }
}

function event<E extends EventName>(name: E, payload: EventPayloads[E]): ControlEvent {
  return { event: name, payload: PAYLOADS[name].parse(payload) } as ControlEvent;
}

/** State that clients may read. */
export interface Look {
  readonly journal: Pick<Journal, 'list' | 'timings'>;
  readonly projects: Pick<
    Projects,
    'all' | 'current' | 'chosen' | 'called' | 'status' | 'delivery' | 'deliveries' | 'withSession'
  >;
  readonly reviews: Pick<Reviews, 'all'>;
}

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

/** Handles each request of the control socket: an action, or a look at the state. */
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
    stats: async ({ limit }) => {
      const timings = daemon.look.journal.timings(limit);
      return { count: timings.length, stages: stagePercentiles(timings) };
    },
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

/** Handlers for answers to Codex's requests. */
export function requestHandlers(
  perform: Perform<'answer'>,
): Pick<ControlHandlers, 'approve' | 'deny' | 'answer'> {
  const decide = async (action: Omit<Extract<Action, { type: 'answer' }>, 'type'>) => {
    return { id: await perform({ type: 'answer', ...action }, 'socket') };
  };
  return {
    approve: ({ id, hash, session }) =>
      decide({ request: id, hash, answer: { decision: session ? 'approve-session' : 'approve' } }),
    deny: ({ id, hash }) => decide({ request: id, hash, answer: { decision: 'deny' } }),
    answer: ({ id, hash, answers }) => decide({ request: id, hash, answer: { answers } }),
  };
}

/**
 * Handlers for clients that look at a hidden terminal.
 * @param requireDecider throws for clients that may not decide, because keys can answer Codex
 */
export function terminalHandlers(
  terminals: AttachedTerminals,
  requireDecider: () => void,
): Pick<
  ControlHandlers,
  'attach' | 'detach' | 'terminal/input' | 'terminal/resize' | 'terminal/painted' | 'terminal/scroll'
> {
  return {
    attach: (params, peer) => terminals.attach(peer, params),
    'terminal/input': ({ data }, peer) => {
      requireDecider();
      terminals.input(peer, data);
    },
    'terminal/resize': (size, peer) => terminals.resize(peer, size),
    'terminal/painted': (_params, peer) => terminals.painted(peer),
    'terminal/scroll': ({ rows }, peer) => terminals.scroll(peer, rows),
    detach: (_params, peer) => terminals.detach(peer),
  };
}

function projectsNow({ projects }: Look): Results['projects']['projects'] {
  return projects.all.map(({ name, directory, aliases }) => ({
    name,
    path: directory,
    aliases,
    current: name === projects.current.name,
    chosen: name === projects.chosen,
    session: projects.status(name).state,
    queued: projects.delivery(name).entries.length,
  }));
}

/** Returns the state of the daemon. @param attached number of clients that look at a hidden terminal */
export async function statusOf(
  parts: Parts,
  daemon: Pick<DaemonStatus, 'version' | 'uptime_s' | 'tray' | 'priority' | 'updates'> & {
    hotkey: HotkeyState;
  },
  attached: number,
): Promise<DaemonStatus> {
  const { projects } = parts;
  const project = projects.current.name;
  const aside = parts.journal.setAside;
  const { passedOver, ...hotkey } = daemon.hotkey;
  return {
    ...daemon,
    hotkey: { ...hotkey, ...(passedOver && { passed_over: passedOver }) },
    pid: process.pid,
    stage: parts.loop.stage.name,
    idle: isIdle(parts, attached),
    project,
    session: projects.status(project),
    microphone: parts.microphone.state,
    transcriber: parts.transcriber.state,
    endpoint: parts.settings.speech.adaptive_endpoint
      ? { rule: 'adaptive', detector: parts.turnDetector.state }
      : { rule: 'fixed', detector: null },
    notifications: parts.notifier.state,
    pending: projects.pending,
    spoken_answers: await parts.requestsAloud.state(),
    reviews: parts.reviews.all,
    queue: projects.deliveries.flatMap(({ entries }) => entries),
    last: parts.journal.list({ limit: 1 })[0] ?? null,
    ...(aside !== null && { journal_trouble: asideReport(aside) }),
  };
}
