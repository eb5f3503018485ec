import { z } from 'zod';
import { EVENTS } from './events.ts';
import type { Method } from './params.ts';
import { list, oneOf, perStage, queued, review, sessionState, stage, utterance } from './shapes.ts';
import { STATUS } from './status.ts';

const staged = z.object({ stage });
const queue = z.object({ queue: list(queued) });
const reviews = z.object({ reviews: list(review) });
/** The id of the request that was answered. */
const decided = z.object({ id: z.string() });
const opened = z.object({ project: z.string(), thread: z.string() });

const project = z.object({
  name: z.string(),
  path: z.string(),
  aliases: list(z.string()),
  /** Prompts without a project go there. */
  current: z.boolean(),
  /** The user chose it with `use`. */
  chosen: z.boolean(),
  session: sessionState,
  /** Number of prompts that are not answered yet. */
  queued: z.number(),
});
export type ProjectStatus = z.infer<typeof project>;

const thread = z.object({
  id: z.string(),
  name: z.string().nullable(),
  /** The beginning of the first prompt. Untrusted. */
  preview: z.string(),
  /** Time of the last use, ISO 8601. */
  at: z.string(),
  folder: z.string(),
});
export type ThreadSummary = z.infer<typeof thread>;

/** ms */
const percentiles = z.object({
  count: z.number(),
  min: z.number(),
  median: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/** Result of each request. */
export const RESULTS = {
  /** `protocol`: the version in use; `features`: those that both sides support. */
  hello: z.object({
    protocol: z.int(),
    oldest: z.int(),
    newest: z.int(),
    features: list(z.string()),
    version: z.string(),
    pid: z.number(),
    /** See proof.ts; only where the address has a key. */
    proof: z.string().optional(),
  }),
  subscribe: z.object({ events: list(oneOf(...EVENTS)) }),
  toggle: staged,
  press: staged,
  release: staged,
  cancel: staged,
  pause: staged,
  unpause: staged,
  /** `utterance`: null if the client does not wait. */
  ask: z.object({ id: z.string(), utterance: utterance.nullable() }),
  interrupt: z.object({ interrupted: z.boolean() }),
  status: STATUS,
  history: z.object({ utterances: list(utterance) }),
  stats: z.object({ count: z.number(), stages: perStage(percentiles) }),
  config: z.object({
    /** The tables of config.toml with every key (docs/settings.md). */
    settings: z.record(z.string(), z.unknown()),
    file: z.string(),
    exists: z.boolean(),
    autoModel: z.boolean(),
    modelNamed: z.boolean(),
  }),
  reload: z.object({ changed: z.boolean() }),
  projects: z.object({ projects: list(project) }),
  /** Where prompts go now, and whether the user chose it. */
  use: z.object({ project: z.string(), chosen: z.boolean() }),
  new: opened,
  /** `current`: the conversation for prompts. */
  sessions: z.object({ project: z.string(), current: z.string().nullable(), sessions: list(thread) }),
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
  /** Its countdown pauses while this client is connected. */
  'review/hold': z.object({ review }),
  'review/open': reviews,
  /** Sequences that paint the screen, and its size. `terminal/output` notifications follow with changes. */
  attach: z.object({ snapshot: z.string(), columns: z.number(), rows: z.number() }),
  popup: z.object({ project: z.string(), window: oneOf('opened', 'raised') }),
  /** False: it is busy and continues. */
  restart: z.object({ restarting: z.boolean() }),
  stop: z.object({}),
} as const satisfies Record<Method, z.ZodType>;

export type Results = { [M in Method]: z.infer<(typeof RESULTS)[M]> };
