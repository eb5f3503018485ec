import { z } from 'zod';

/** Standard input of the child, as JSON. */
export const REQUEST = z.object({
  /** The project's folder. */
  folder: z.string(),
  /** File for the result. */
  file: z.string(),
  /** The user's lists of words. */
  lists: z.array(z.string()),
  /** Recent prompts and answers. */
  conversation: z.array(z.string()),
});
export type CollectRequest = z.infer<typeof REQUEST>;

const REPORT = z.object({
  terms: z.number(),
  files: z.number(),
  readFiles: z.number(),
  readBytes: z.number(),
  ms: z.number(),
  /** Lists of words that cannot be used, and why. */
  problems: z.array(z.object({ message: z.string(), hint: z.string() })),
});
export type CollectReport = z.infer<typeof REPORT>;

/** Reads what the child says in the end, as JSON. @throws Error when it is something else */
export function readReport(text: string): CollectReport {
  return REPORT.parse(JSON.parse(text));
}
