import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { AttachedTerminals } from '../../src/attach/attached-terminals.ts';
import { EVENTS, type EventName } from '../../src/control/events.ts';
import { LiveOverview } from '../../src/control/overview.ts';
import { type Method, PARAMS } from '../../src/control/params.ts';
import type { ControlPeer } from '../../src/control/server.ts';
import { Parts } from '../../src/daemon/parts.ts';
import { eventOf } from '../../src/daemon/wire/events.ts';
import { controlHandlers } from '../../src/daemon/wire/handlers.ts';
import { statusOf } from '../../src/daemon/wire/status.ts';
import { Bus, type Fact } from '../../src/facts.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { FakeDetector, FakeEngine, FakeMicrophone, FakeTurnDetector } from '../listening/fake-ear.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { noAgents } from '../support/no-agents.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { utterance } from '../support/utterances.ts';

/** Requests that need a running Codex or a client that looks at its terminal, and those that the server answers itself. */
const OTHERS = [
  ...['approve', 'deny', 'answer'],
  ...['new', 'sessions', 'resume', 'attach', 'popup', 'review/open'],
  ...['hello', 'subscribe'],
];

const ERROR = { code: 'codex-down', message: 'Codex is down.', hint: 'Look at it.' } as const;
/** With a field that the protocol does not have. */
const SPOKEN = {
  ...utterance({ id: 'u1', transcript: 'run the tests', prompt: 'run the tests' }),
  mood: 'fine',
};

type Schemas = Record<string, z.core.JSONSchema.JSONSchema>;
const SCHEMA: { requests: Record<Method, Schemas>; events: Schemas; $defs: Schemas } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/control-protocol.schema.json'), 'utf8'),
);

/** What is wrong with a message as clients get it, by the documented schema. */
function problems(schema: Schemas[string] | undefined, message: unknown): string {
  const documented = z.fromJSONSchema({ ...schema, $defs: SCHEMA.$defs });
  const { error } = documented.safeParse(JSON.parse(JSON.stringify(message)));
  return error === undefined ? '' : z.prettifyError(error);
}

/** What a value is made of: a change of these is a change of the protocol. */
function shape(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object') return typeof value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.sort().map(([name, field]) => [name, shape(field)]));
}

/** A daemon without Codex, sound and desktop, behind its real handlers. */
async function startDaemon() {
  const folder = temporaryFolder();
  const env = { HOME: folder, PATH: '', XDG_RUNTIME_DIR: join(folder, 'run') };
  const text = `
    [prompt]
    review = "notify"
    [reply]
    sound = false
    [[project]]
    name = "backend"
    path = "${folder}"
    [codex]
    command = "${folder}/no-codex"
    transport = "app-server"`;
  const { settings } = parseSettings(text, join(folder, 'config.toml'));
  const loaded = { settings, file: pathsOf(env).config, exists: true, autoModel: false, modelNamed: false };
  const events: Partial<Record<EventName, unknown>> = {};
  const logger = pino({ level: 'silent' });
  const bus = new Bus(logger);
  bus.subscribe('test', (fact) => {
    const told = eventOf(fact);
    if (told) events[told.event] = told.payload;
  });
  const parts: Parts = await Parts.create({
    settings,
    paths: pathsOf(env),
    env,
    workingDirectory: folder,
    bus,
    ...noAgents,
    terminals: new AttachedTerminals(() => parts.projects, new LiveOverview()),
    logger,
    instead: {
      notifier: new FakeNotifier(),
      ear: {
        detector: async () => new FakeDetector(),
        microphone: () => new FakeMicrophone(),
        engine: () => new FakeEngine('run the tests'),
        turnDetector: () => new FakeTurnDetector(),
      },
    },
  });
  onTestFinished(() => parts.close());
  const terminals = new AttachedTerminals(() => parts.projects, new LiveOverview());
  const daemon = {
    version: '1.2.3',
    uptime_s: 3,
    hotkey: { backend: 'x11', keys: ['Super+space', 'Escape'], state: 'waiting', reason: ERROR },
    priority: {
      driver: null,
      nice: 0,
      engine: null,
      group: { kind: 'none' },
      passed_over: [{ driver: 'rtkit', reason: 'it is not there' }],
    },
    tray: { backend: 'none', state: 'off' },
    updates: { date: null, stale: false },
  } satisfies Parameters<typeof statusOf>[1];
  const handlers = controlHandlers({
    perform: parts.perform,
    look: parts,
    rights: parts.rights,
    settings: loaded,
    terminals,
    env,
    status: () => statusOf(parts, daemon, terminals.count),
    ended: async () => SPOKEN,
  });
  return { parts, handlers, events, bus };
}

test('every event has the shape that clients know', async () => {
  const { bus, events } = await startDaemon();
  const project = 'backend';
  const answer = { ...SPOKEN, answer: 'They pass' };
  const status = { state: 'down', thread: 't', model: 'm', transport: 'app-server', reason: ERROR } as const;
  const review = { id: 'u1', project, rule: 'default', transcript: 'x', prompt: 'x' } as const;
  const facts: Fact[] = [
    { type: 'hotkey', key: 'press', backend: 'x11' },
    { type: 'stage', stage: 'idle', utterance: null },
    { type: 'level', utterance: SPOKEN, dbfs: -20, speaking: true },
    { type: 'partial', utterance: SPOKEN, text: 'run the', stable: 4 },
    { type: 'heard', utterance: SPOKEN, held: false },
    { type: 'accepted', utterance: SPOKEN, turn: 'turn' },
    { type: 'activity', utterance: SPOKEN, activity: { kind: 'command', text: 'running npm test' } },
    { type: 'delta', utterance: answer, text: 'They pass' },
    { type: 'ended', utterance: { ...answer, state: 'failed', error: ERROR } },
    { type: 'requested', project, request: pendingRequest() },
    { type: 'resolved', project, request: 'r1' },
    { type: 'queue', project, queue: [{ id: 'u1', project, prompt: 'x', state: 'queued' }] },
    { type: 'reviews', reviews: [{ ...review, state: 'counting', left_s: 3 }] },
    { type: 'project', project, chosen: true },
    { type: 'session', project, status },
    { type: 'timings', utterance: 'u1', timings: { delivery: 3 } },
    { type: 'trouble', error: ERROR },
  ];
  for (const fact of facts) bus.publish(fact);
  expect(Object.keys(events).sort()).toEqual([...EVENTS].sort());
  for (const event of EVENTS) expect(problems(SCHEMA.events[event], events[event]), event).toBe('');
  await expect(JSON.stringify(shape(events), null, 2)).toMatchFileSnapshot('wire-events.txt');
});

test('every result has the shape that clients know', async () => {
  const { handlers, parts } = await startDaemon();
  const results: Record<string, unknown> = {};
  const peer: ControlPeer = { name: 'test', signal: new AbortController().signal, output: () => undefined };
  type Request = Exclude<keyof typeof PARAMS, 'hello' | 'subscribe'>;
  const call = async <M extends Request>(method: M, given: object = {}) => {
    const handler: (params: never, peer: ControlPeer, signal: AbortSignal) => unknown = handlers[method];
    results[method] = await handler(PARAMS[method].parse(given) as never, peer, peer.signal);
    expect(problems(SCHEMA.requests[method].result, results[method]), method).toBe('');
  };
  // What is asked for stays in the queue.
  void parts.projects.delivery('backend').pause(() => new Promise(() => undefined));
  for (const key of ['toggle', 'press', 'release', 'cancel', 'pause', 'unpause'] as const) await call(key);
  await parts.hearing.settled();
  const failed = { id: 'an-utterance', state: 'failed', prompt: 'x', answer: 'y', error: ERROR } as const;
  parts.journal.insert(utterance({ ...failed, changes: [], timings: { delivery: 3 }, rule: 'default' }));
  for (const method of ['history', 'stats', 'interrupt', 'reload', 'projects'] as const) await call(method);
  await call('ask', { text: 'run the tests' });
  await call('config');
  results.config = { ...Object(results.config), settings: 'those of docs/settings.md' };
  await call('use', { project: 'backend' });
  const { id } = parts.projects.delivery('backend').entries[0] ?? { id: '' };
  await call('queue/move', { id, position: 1 });
  await call('queue/send', { id: 'an-utterance' });
  await call('queue/drop', { id });
  await call('queue');
  const held = (): string => {
    const live = LiveUtterance.begin(parts.journal, 'hotkey', 'backend', { rule: 'default' });
    parts.reviews.begin(live, { state: 'heard', transcript: 'run it', prompt: 'run it' });
    return live.id;
  };
  held();
  await waitFor('the countdown', () => typeof parts.reviews.all[0]?.left_s === 'number');
  for (const method of ['review/hold', 'review/edit', 'review/send', 'review/cancel'] as const) {
    await call(method, { id: held(), ...(method === 'review/edit' && { text: 'edited' }) });
  }
  for (const method of ['review', 'status', 'restart', 'stop'] as const) await call(method);
  const missing = Object.keys(PARAMS).filter((method) => !(method in results));
  expect(missing.sort()).toEqual([...OTHERS].sort());
  await expect(JSON.stringify(shape(results), null, 2)).toMatchFileSnapshot('wire-results.txt');
});
