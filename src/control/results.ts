import { z } from 'zod';
import type { Method } from './protocol.ts';
import { queued, report, request, review, session, utterance } from './shapes.ts';

/**
 * What the verbs read of each result: a daemon of another version may leave out what they need, and none of them is to
 * fail for that without a word. What more there is passes through.
 */

const stage = z.looseObject({ stage: z.string() });
const queue = z.looseObject({ queue: queued });
const reviews = z.looseObject({ reviews: z.array(review) });
const decided = z.looseObject({ id: z.string() });
const opened = z.looseObject({ project: z.string(), thread: z.string() });

/** A status with all that `status`, `ui` and `attach` show of it. */
export const WHOLE_STATUS: z.ZodType = z.looseObject({
  version: z.string(),
  pid: z.number(),
  uptime_s: z.number(),
  stage: z.string(),
  idle: z.boolean(),
  project: z.string(),
  session,
  hotkey: z.looseObject({ keys: z.array(z.string()), state: z.string() }),
  microphone: z.looseObject({
    backend: z.string().nullable(),
    device: z.string(),
    state: z.string(),
    source: z.string().nullable(),
    trouble: report.nullable(),
  }),
  transcriber: z.looseObject({ engine: z.string(), model: z.string(), state: z.string() }),
  endpoint: z.looseObject({ rule: z.string(), detector: z.looseObject({ state: z.string() }).nullable() }),
  notifications: z.looseObject({ backend: z.string() }),
  tray: z.looseObject({ state: z.string() }),
  priority: z.looseObject({ nice: z.number(), passed_over: z.array(z.unknown()) }),
  updates: z.looseObject({ date: z.string().nullable(), stale: z.boolean() }),
  pending: z.array(request),
  spoken_answers: z.looseObject({ state: z.string(), voice: z.string().nullable() }),
  reviews: z.array(review),
  queue: queued,
  last: utterance.nullable(),
});

/** A status for those who decide about what waits in it. */
export const PENDING_STATUS: z.ZodType = z.looseObject({ pending: z.array(request) });

export const RESULTS: { readonly [M in Method]: z.ZodType } = {
  hello: z.looseObject({ protocol: z.number(), version: z.string(), pid: z.number() }),
  subscribe: z.looseObject({ events: z.array(z.string()) }),
  toggle: stage,
  press: stage,
  release: stage,
  cancel: stage,
  pause: stage,
  unpause: stage,
  ask: z.looseObject({ id: z.string(), utterance: utterance.nullable() }),
  interrupt: z.looseObject({ interrupted: z.boolean() }),
  // Most verbs look for one thing in it, and do their work with a daemon that knows less.
  status: z.looseObject({}),
  history: z.looseObject({ utterances: z.array(utterance) }),
  stats: z.looseObject({ count: z.number(), stages: z.record(z.string(), z.unknown()) }),
  config: z.looseObject({
    settings: z.record(z.string(), z.unknown()),
    file: z.string(),
    exists: z.boolean(),
  }),
  reload: z.looseObject({ changed: z.boolean() }),
  projects: z.looseObject({
    projects: z.array(
      z.looseObject({
        name: z.string(),
        path: z.string(),
        aliases: z.array(z.string()),
        session: z.string(),
      }),
    ),
  }),
  use: z.looseObject({ project: z.string(), chosen: z.boolean() }),
  new: opened,
  sessions: z.looseObject({
    project: z.string(),
    current: z.string().nullable(),
    sessions: z.array(z.looseObject({ id: z.string(), preview: z.string(), at: z.string() })),
  }),
  resume: opened,
  approve: decided,
  deny: decided,
  answer: decided,
  queue,
  'queue/move': queue,
  'queue/drop': queue,
  'queue/send': queue,
  review: reviews,
  'review/send': reviews,
  'review/cancel': reviews,
  'review/edit': reviews,
  'review/hold': z.looseObject({ review }),
  'review/open': reviews,
  attach: z.looseObject({ snapshot: z.string(), columns: z.number(), rows: z.number() }),
  popup: z.looseObject({ project: z.string(), window: z.string() }),
  restart: z.looseObject({ restarting: z.boolean() }),
  stop: z.looseObject({}),
};
