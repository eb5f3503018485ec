import { z } from 'zod';
import type { EventName } from './protocol.ts';
import { queued, report, request, review, session, utterance } from './shapes.ts';

/**
 * What clients read of each event: a daemon of another version may leave out what they need. What more there is passes
 * through.
 */
const of = z.string();
const project = z.string();

export const EVENT_PAYLOADS: { readonly [E in EventName]: z.ZodType } = {
  stage: z.looseObject({ stage: z.string(), utterance: of.nullable() }),
  level: z.looseObject({ utterance: of, dbfs: z.number(), speaking: z.boolean() }),
  partial: z.looseObject({ utterance: of, text: z.string(), stable: z.number() }),
  transcript: z.looseObject({ utterance: of, project, text: z.string() }),
  review: z.looseObject({ reviews: z.array(review) }),
  accepted: z.looseObject({ utterance: of, project, prompt: z.string(), turn: z.string() }),
  activity: z.looseObject({
    utterance: of,
    project,
    activity: z.looseObject({ kind: z.string(), text: z.string() }),
  }),
  delta: z.looseObject({ utterance: of, text: z.string() }),
  answer: z.looseObject({ utterance: of, record: utterance }),
  approval: z.looseObject({ project, request: request.omit({ project: true }) }),
  resolved: z.looseObject({ project, request: z.string() }),
  queue: z.looseObject({ project, queue: queued }),
  project: z.looseObject({ project, chosen: z.boolean() }),
  session: z.looseObject({ project, status: session }),
  timings: z.looseObject({ utterance: of, timings: z.record(z.string(), z.unknown()) }),
  error: z.looseObject({ utterance: of.nullable(), error: report }),
};

/** Changes of the hidden terminal's screen, for an attached client. */
export const TERMINAL_OUTPUT = z.looseObject({ data: z.string() });
