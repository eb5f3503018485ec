import { z } from 'zod';
import { isFullPath } from '../files/user-paths.ts';
import { EVENTS, type EventName } from './events.ts';
import { oneOf } from './shapes.ts';

const NONE = z.strictObject({});
const ID = z.string().min(1).max(64);
/** 32 bytes, hex, such as a SHA-256. */
const HASH = z.string().regex(/^[0-9a-f]{64}$/);
/** Name of a project. */
const NAME = z.string().min(1).max(64);
/** Value of an environment variable that names a display. */
const DESKTOP_NAME = z.string().max(4_096);
const SIDE = z.int().min(1).max(1_000);

/** Parameters of each request, always an object; `{}` when absent. */
export const PARAMS = {
  /**
   * `protocol`: the newest version that the client supports. Other fields are ignored, because a newer client may send
   * more.
   */
  hello: z.object({
    protocol: z.int(),
    oldest: z.int().optional(),
    features: z.array(z.string().max(100)).max(100).default([]),
    client: z.string().min(1).max(100),
    /** Chosen by the client. */
    nonce: HASH.optional(),
    /** See proof.ts. */
    proof: HASH.optional(),
    /** A pipe of the client by which the daemon identifies its process. */
    pipe: z.string().max(256).optional(),
  }),
  subscribe: z.strictObject({
    /** Unknown names are ignored, because a newer client may have more events. */
    events: z
      .array(oneOf(...EVENTS))
      .max(100)
      .transform(knownEvents),
    utterance: ID.optional(),
  }),
  toggle: NONE,
  press: NONE,
  release: NONE,
  cancel: NONE,
  pause: NONE,
  unpause: NONE,
  ask: z
    .strictObject({
      text: z.string().max(1_000_000).optional(),
      audio: z
        .string()
        .max(4_096)
        .refine((path) => isFullPath(path), 'must be an absolute path')
        .optional(),
      partial: z.boolean().default(false),
      wait: z.boolean().default(true),
      source: z.enum(['cli', 'editor']).default('cli'),
      project: NAME.optional(),
    })
    .refine(
      ({ text, audio }) => (text === undefined) !== (audio === undefined),
      'needs either text or audio',
    ),
  interrupt: NONE,
  status: NONE,
  history: z.strictObject({
    query: z.string().max(1_000).default(''),
    limit: z.int().min(1).max(1_000).default(20),
    before: ID.optional(),
  }),
  stats: z.strictObject({ limit: z.int().min(1).max(100_000).default(1_000) }),
  config: NONE,
  reload: NONE,
  projects: NONE,
  /** null: no project is chosen any more. */
  use: z.strictObject({ project: NAME.nullable() }),
  new: z.strictObject({ project: NAME.optional() }),
  sessions: z.strictObject({ project: NAME.optional(), limit: z.int().min(1).max(100).default(20) }),
  resume: z.strictObject({ id: ID, project: NAME.optional() }),
  approve: z.strictObject({ id: ID.optional(), hash: HASH.optional(), session: z.boolean().default(false) }),
  deny: z.strictObject({ id: ID.optional(), hash: HASH.optional() }),
  answer: z.strictObject({
    id: ID.optional(),
    hash: HASH.optional(),
    answers: z.record(z.string().max(200), z.array(z.string().max(10_000)).max(100)),
  }),
  queue: NONE,
  'queue/move': z.strictObject({ id: ID, position: z.int().min(1).max(100_000) }),
  'queue/drop': z.strictObject({ id: ID }),
  'queue/send': z.strictObject({ id: ID }),
  review: NONE,
  'review/send': z.strictObject({ id: ID.optional() }),
  'review/cancel': z.strictObject({ id: ID.optional() }),
  'review/edit': z.strictObject({ id: ID.optional(), text: z.string().max(1_000_000) }),
  'review/hold': z.strictObject({ id: ID.optional() }),
  'review/open': z.strictObject({ id: ID.optional() }),
  attach: z.strictObject({
    columns: SIDE,
    rows: SIDE,
    project: NAME.optional(),
    status_line: z.boolean().default(false),
    no_color: z.boolean().default(false),
    paced: z.boolean().default(false),
    window: z
      .strictObject({
        popup: z.boolean().default(false),
        pid: z.int().min(1),
        display: DESKTOP_NAME.optional(),
        id: z.int().min(1).max(0xffffffff).optional(),
      })
      .optional(),
  }),
  popup: z.strictObject({
    project: NAME.optional(),
    composer: z.boolean().default(false),
    display: z
      .strictObject({
        DISPLAY: DESKTOP_NAME.optional(),
        WAYLAND_DISPLAY: DESKTOP_NAME.optional(),
        XAUTHORITY: DESKTOP_NAME.optional(),
      })
      .optional(),
  }),
  restart: NONE,
  stop: NONE,
} as const;

/** Parameters of the notifications that an attached client sends. */
export const NOTIFICATION_PARAMS = {
  'terminal/input': z.strictObject({ data: z.string().max(1_000_000) }),
  'terminal/resize': z.strictObject({ columns: SIDE, rows: SIDE }),
  'terminal/painted': NONE,
  'terminal/scroll': z.strictObject({ rows: z.int().min(-10_000).max(10_000) }),
  detach: NONE,
} as const;

function knownEvents(names: readonly EventName[]): EventName[] {
  return names.filter((name) => EVENTS.includes(name));
}

export type Method = keyof typeof PARAMS;
/** Parameters as a caller passes them. */
export type Params<M extends Method> = z.input<(typeof PARAMS)[M]>;
/** Parameters as a handler gets them: checked, with defaults. */
export type CheckedParams<M extends Method> = z.output<(typeof PARAMS)[M]>;

export type ClientNotification = keyof typeof NOTIFICATION_PARAMS;
export type NotificationParams<N extends ClientNotification> = z.output<(typeof NOTIFICATION_PARAMS)[N]>;
