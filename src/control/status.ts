import { z } from 'zod';
import { list, oneOf, queued, report, request, review, session, stage, utterance } from './shapes.ts';

const hotkey = z.object({
  backend: z.string(),
  /** As they are configured, the listen key first. */
  keys: list(z.string()),
  /** `waiting`: it is tried again; `reason` says why. */
  state: oneOf('grabbed', 'waiting', 'off'),
  reason: report.exactOptional(),
  /** The desktop reports no release of the key: each press starts or ends. */
  toggle_only: z.literal(true).exactOptional(),
  /** The drivers that were tried before this one, and why they are not used. */
  passed_over: list(z.object({ name: z.string(), reason: z.string() })).exactOptional(),
});

const microphone = z.object({
  /** The recorder that was used last; null before the first recording. */
  backend: z.string().nullable(),
  device: z.string(),
  state: oneOf('closed', 'open', 'failed'),
  /** Its name in the sound settings; null: only the recorder knows it. */
  source: z.string().nullable(),
  trouble: report.nullable(),
  /** Recorders that were passed over. */
  refused: list(z.object({ backend: z.string(), reason: z.string() })),
});

const transcriber = z.object({
  engine: z.string(),
  model: z.string(),
  state: oneOf('starting', 'ready', 'busy', 'restarting', 'failed', 'closed'),
  pid: z.number().nullable(),
  /** Why it is not the engine of the settings. */
  reason: report.exactOptional(),
});

/** What ends an utterance; `detector`: null with the fixed rule. */
const endpoint = z.object({
  rule: oneOf('adaptive', 'fixed'),
  detector: z
    .object({ state: oneOf('idle', 'starting', 'ready', 'failed'), reason: report.exactOptional() })
    .nullable(),
});

const notifications = z.object({
  backend: z.string(),
  /** Name and version of the notification server. */
  server: z.string().exactOptional(),
  capabilities: list(z.string()),
  /** Why there is no backend. */
  reason: z.string().exactOptional(),
});

const driver = oneOf('setpriority', 'rtkit');

/** The daemon's priority over other programs. */
const priority = z.object({
  nice: z.number(),
  driver: driver.nullable(),
  /** Nice value of the speech engine; null while none runs. */
  engine: z.number().nullable(),
  /** What the scheduler compares before nice values. */
  group: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cgroup'), weight: z.number() }),
    z.object({ kind: z.literal('session'), nice: z.number() }),
    z.object({ kind: z.literal('none') }),
  ]),
  passed_over: list(z.object({ driver, reason: z.string() })),
});

/** The state of the daemon, as `codex-voice status --json` prints it. */
export const STATUS = z.object({
  version: z.string(),
  pid: z.number(),
  /** Seconds since the daemon started. */
  uptime_s: z.number(),
  stage,
  /** True when it can stop without losing work, and no client looks at the hidden terminal. */
  idle: z.boolean(),
  project: z.string(),
  /** Session of the current project. */
  session,
  hotkey,
  microphone,
  transcriber,
  endpoint,
  notifications,
  tray: z.object({
    backend: oneOf('status-notifier', 'systray', 'none'),
    state: oneOf('shown', 'waiting', 'off'),
  }),
  priority,
  /** The newest known release; `date` (ISO 8601) is null before the first one. */
  updates: z.object({ date: z.string().nullable(), stale: z.boolean() }),
  pending: list(request),
  /** Whether requests can be answered by voice. `voice`: the program that reads them aloud. */
  spoken_answers: z.object({
    state: oneOf('off', 'on', 'unavailable'),
    voice: z.string().nullable(),
    reason: report.exactOptional(),
  }),
  reviews: list(review),
  queue: list(queued),
  last: utterance.nullable(),
  /** The previous journal was damaged, and moved aside when this daemon started. */
  journal_trouble: report.exactOptional(),
});
export type DaemonStatus = z.infer<typeof STATUS>;
