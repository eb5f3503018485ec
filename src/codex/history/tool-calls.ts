import { resolve } from 'node:path';
import { z } from 'zod';
import { userRequests } from '../protocol.ts';

/** A tool call of the model, exactly as in the rollout file; a screen would wrap and cut it. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON, or the text for a tool that takes text. */
  input: string;
}

const call = z.union([
  z.object({
    type: z.literal('function_call'),
    call_id: z.string(),
    name: z.string(),
    namespace: z.string().nullish(),
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('custom_tool_call'),
    call_id: z.string(),
    name: z.string(),
    input: z.string(),
  }),
]);
const result = z.object({
  type: z.enum(['function_call_output', 'custom_tool_call_output']),
  call_id: z.string(),
});

/** Parses a `response_item` of a rollout file (Codex 0.98.0 to 0.169.0) as a tool call or as the result of one. */
export function toolCallOf(
  payload: unknown,
): { kind: 'call'; call: ToolCall } | { kind: 'result'; id: string } | null {
  const ended = result.safeParse(payload).data;
  if (ended) return { kind: 'result', id: ended.call_id };
  const begun = call.safeParse(payload).data;
  if (!begun) return null;
  const { call_id: id, name } = begun;
  // Tools of an MCP server have a namespace, and may have the names of Codex's own tools.
  if (begun.type === 'function_call' && begun.namespace) return null;
  return {
    kind: 'call',
    call: { id, name, input: begun.type === 'function_call' ? begun.arguments : begun.input },
  };
}

const command = z.object({
  cmd: z.string(),
  workdir: z.string().nullish(),
  justification: z.string().nullish(),
});
const shell = z.object({
  command: z.union([z.string(), z.tuple([z.string(), z.enum(['-lc', '-c']), z.string()])]),
  workdir: z.string().nullish(),
  justification: z.string().nullish(),
});
const questions = userRequests['item/tool/requestUserInput'].pick({ questions: true });

/** A call that the user may have to approve. */
export type AskedCall =
  | { kind: 'command'; id: string; command: string; folder: string; reason: string | null }
  | { kind: 'file-change'; id: string; patch: string; paths: readonly string[]; folder: string }
  | { kind: 'question'; id: string; questions: z.infer<typeof questions>['questions'] };

/** Describes what a call would do; null: it never needs approval. @param directory of the project, absolute */
export function askedCall({ id, name, input }: ToolCall, directory: string): AskedCall | null {
  if (name === 'apply_patch') return patchCall(id, patchText(input), directory);
  if (name === 'request_user_input') {
    const asked = parseJson(input, questions);
    return asked && { kind: 'question', id, questions: asked.questions };
  }
  const run = commandOf(name, input);
  if (!run) return null;
  const folder = resolve(directory, run.workdir ?? '');
  if (/^\*\*\* Begin Patch$/m.test(run.text) && /\bapply_patch\b/.test(run.text))
    return patchCall(id, run.text, folder);
  return { kind: 'command', id, command: run.text, folder, reason: run.justification ?? null };
}

function commandOf(name: string, input: string) {
  if (name === 'exec_command') {
    const known = parseJson(input, command);
    return known && { ...known, text: known.cmd };
  }
  if (name !== 'shell' && name !== 'shell_command') return null;
  const known = parseJson(input, shell);
  return known && { ...known, text: typeof known.command === 'string' ? known.command : known.command[2] };
}

/** Returns the patch, from text or JSON. */
function patchText(input: string): string {
  return parseJson(input, z.object({ input: z.string() }))?.input ?? input;
}

function patchCall(id: string, patch: string, folder: string): AskedCall {
  const named = patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm);
  const paths = [...named].map(([, path]) => resolve(folder, (path ?? '').trim()));
  return { kind: 'file-change', id, patch, paths, folder };
}

function parseJson<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // It is plain text, or a tool that is not known here.
  }
}
