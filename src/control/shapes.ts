import { z } from 'zod';

/** What clients read of the things that results and events have in common. What more there is passes through. */

export const report = z.looseObject({ code: z.string(), message: z.string(), hint: z.string() });
export const utterance = z.looseObject({
  id: z.string(),
  state: z.string(),
  timings: z.record(z.string(), z.unknown()),
});
export const session = z.looseObject({ state: z.string(), reason: report.optional() });
export const request = z.looseObject({
  id: z.string(),
  project: z.string(),
  kind: z.string(),
  title: z.string(),
  detail: z.string(),
  hash: z.string(),
  folder: z.string().nullable(),
  reason: z.string().nullable(),
  decisions: z.array(z.string()),
  dangers: z.array(z.string()),
  questions: z.array(z.looseObject({ id: z.string(), text: z.string(), options: z.array(z.unknown()) })),
});
export const queued = z.array(
  z.looseObject({ id: z.string(), project: z.string(), prompt: z.string(), state: z.string() }),
);
export const review = z.looseObject({
  id: z.string(),
  project: z.string(),
  prompt: z.string(),
  state: z.string(),
});
