import { z } from 'zod';
import {
  activity,
  list,
  oneOf,
  queued,
  report,
  request,
  review,
  rule,
  session,
  stage,
  timings,
  utterance,
} from './shapes.ts';

const id = z.string();
const project = z.string();

/**
 * What each event carries, in the order in which they happen to an utterance; `utterance` is always an id. A client gets
 * those it subscribes to.
 */
export const PAYLOADS = {
  /** What the hotkey did. `backend`: the driver that reported it, or `bindings` for a command that the desktop ran. */
  hotkey: z.object({ key: oneOf('press', 'release', 'toggle', 'cancel'), backend: z.string() }),
  stage: z.object({ stage, utterance: id.nullable() }),
  /** About ten times a second while listening: loudness (RMS, dBFS), and whether it counts as speech. */
  level: z.object({ utterance: id, dbfs: z.number(), speaking: z.boolean() }),
  /** The transcript so far; its first `stable` UTF-16 units will not change any more. */
  partial: z.object({ utterance: id, text: z.string(), stable: z.number() }),
  /** The final transcript. */
  transcript: z.object({ utterance: id, project, rule: rule.nullable(), text: z.string() }),
  /** All prompts that are shown before they are sent; one of them has changed. */
  review: z.object({ reviews: list(review) }),
  /** Codex has the prompt. */
  accepted: z.object({
    utterance: id,
    project,
    rule: rule.nullable(),
    prompt: z.string(),
    turn: z.string(),
  }),
  /** What Codex does for it, until the next one or `answer`; after `accepted` it thinks. */
  activity: z.object({ utterance: id, project, activity }),
  /** More of the answer. */
  delta: z.object({ utterance: id, text: z.string() }),
  /** The end of an utterance, whatever `record.state` is. Nothing but `timings` follows. */
  answer: z.object({ utterance: id, record: utterance }),
  /** Codex waits for the user. */
  approval: z.object({ project, request: request.omit({ project: true }) }),
  /** That request, by its id, does not wait any more. */
  resolved: z.object({ project, request: z.string() }),
  /** All prompts of a project that are not answered yet. */
  queue: z.object({ project, queue: list(queued) }),
  /** Prompts go to another project now; `chosen`: because the user said so. */
  project: z.object({ project, chosen: z.boolean() }),
  session: z.object({ project, status: session }),
  timings: z.object({ utterance: id, timings }),
  error: z.object({ utterance: id.nullable(), error: report }),
} as const;

export type EventName = keyof typeof PAYLOADS;
export type EventPayloads = { [E in EventName]: z.infer<(typeof PAYLOADS)[E]> };

/** An event with its payload, told apart by `event`. */
export type ControlEvent = { [E in EventName]: { event: E; payload: EventPayloads[E] } }[EventName];

export const EVENTS = Object.keys(PAYLOADS) as readonly EventName[];

/** Changes of the hidden terminal's screen, sent to an attached client. */
export const TERMINAL_OUTPUT = z.object({ data: z.string() });
export type TerminalOutput = z.infer<typeof TERMINAL_OUTPUT>;
