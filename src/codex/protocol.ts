import { z } from 'zod';

/**
 * The used part of Codex's app-server protocol, as Codex 0.169.0 and 0.171.0 speak it: JSON-RPC without a "jsonrpc"
 * field. Other fields are ignored, so additions of a newer Codex do no harm.
 */

const requestId = z.union([z.string(), z.number()]);
export type RequestId = z.infer<typeof requestId>;

const threadStatus = z.union([
  z.object({ type: z.literal('active'), activeFlags: z.array(z.string()) }),
  z.object({ type: z.enum(['notLoaded', 'idle', 'systemError']) }),
]);
export type ThreadStatus = z.infer<typeof threadStatus>;

const turnError = z.object({
  message: z.string(),
  codexErrorInfo: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  additionalDetails: z.string().nullish(),
});
export type TurnError = z.infer<typeof turnError>;

/** An item of a thread; the relevant fields of all types. */
const item = z.object({
  type: z.string(),
  id: z.string(),
  text: z.string().optional(),
  // A user message has parts, a reasoning item has strings: they are parsed where they are needed.
  content: z.array(z.unknown()).optional(),
  /** File change. */
  changes: z
    .array(z.object({ path: z.string(), kind: z.object({ type: z.string() }), diff: z.string() }))
    .optional()
    .catch(undefined),
  /** Command. */
  command: z.string().optional().catch(undefined),
  commandActions: z
    .array(
      z.object({
        type: z.string(),
        name: z.string().nullish(),
        path: z.string().nullish(),
        query: z.string().nullish(),
      }),
    )
    .optional()
    .catch(undefined),
  /** Tool call. */
  server: z.string().nullish().catch(undefined),
  tool: z.string().nullish().catch(undefined),
  /** Search. */
  query: z.string().nullish().catch(undefined),
  /** Image. */
  path: z.string().nullish().catch(undefined),
  /** Milliseconds since 1970. */
  startedAtMs: z.number().nullish(),
});
export type ThreadItem = z.infer<typeof item>;

const turn = z.object({
  id: z.string(),
  status: z.enum(['completed', 'interrupted', 'failed', 'inProgress']),
  /** Seconds since 1970. */
  startedAt: z.number().nullish(),
  items: z.array(item),
  error: turnError.nullish(),
});
export type Turn = z.infer<typeof turn>;

const thread = z.object({
  id: z.string(),
  cwd: z.string(),
  status: threadStatus,
  parentThreadId: z.string().nullish(),
  name: z.string().nullish(),
  /** Usually the first prompt. */
  preview: z.string().nullish(),
  /** Seconds since 1970. */
  updatedAt: z.number().nullish(),
  ephemeral: z.boolean().optional(),
  turns: z.array(turn),
});
export type Thread = z.infer<typeof thread>;

const tokenUsage = z.object({
  last: z.object({ totalTokens: z.number() }),
  modelContextWindow: z.number().nullish(),
});
export type TokenUsage = z.infer<typeof tokenUsage>;

/** `resetsAt`: seconds since 1970. */
const limitWindow = z.object({ usedPercent: z.number(), resetsAt: z.number().nullish() }).nullish();
const rateLimits = z.object({
  limitId: z.string().nullish(),
  primary: limitWindow,
  secondary: limitWindow,
  /** Pays for use beyond the plan. */
  credits: z.object({ hasCredits: z.boolean(), unlimited: z.boolean() }).nullish(),
});
export type RateLimits = z.infer<typeof rateLimits>;

/** The relevant notifications, by method. */
export const notifications = {
  'thread/tokenUsage/updated': z.object({ threadId: z.string(), tokenUsage }),
  'account/rateLimits/updated': z.object({ rateLimits }),
  'thread/started': z.object({ thread }),
  /** Follows every `thread/resume` of a thread without a goal (Codex 0.169.0), whoever sent it. */
  'thread/goal/cleared': z.object({ threadId: z.string() }),
  'thread/status/changed': z.object({ threadId: z.string(), status: threadStatus }),
  'turn/started': z.object({ threadId: z.string(), turn }),
  'turn/completed': z.object({ threadId: z.string(), turn }),
  'item/started': z.object({ threadId: z.string(), turnId: z.string(), item }),
  'item/completed': z.object({ threadId: z.string(), turnId: z.string(), item }),
  'item/agentMessage/delta': z.object({
    threadId: z.string(),
    turnId: z.string(),
    itemId: z.string(),
    delta: z.string(),
  }),
  'serverRequest/resolved': z.object({ threadId: z.string(), requestId }),
  error: z.object({ threadId: z.string(), turnId: z.string(), error: turnError, willRetry: z.boolean() }),
};
export type NotificationMethod = keyof typeof notifications;
export type Notification = {
  [M in NotificationMethod]: { method: M; params: z.infer<(typeof notifications)[M]> };
}[NotificationMethod];

const question = z.object({
  id: z.string(),
  header: z.string(),
  question: z.string(),
  isOther: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  options: z.array(z.object({ label: z.string(), description: z.string().nullish() })).nullish(),
});

const titledValues = z.array(z.object({ const: z.string(), title: z.string().optional() }));
const choices = {
  enum: z.array(z.string()).optional(),
  enumNames: z.array(z.string()).optional(),
  oneOf: titledValues.optional(),
  anyOf: titledValues.optional(),
};

/** One field of the form of an MCP server (MCP 2025-11-25, flat properties only). */
const formField = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: z.string().optional(),
  description: z.string().optional(),
  ...choices,
  items: z.object(choices).optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
export type FormField = z.infer<typeof formField>;

/** Codex's requests to the user, by method. */
export const userRequests = {
  'item/commandExecution/requestApproval': z.object({
    threadId: z.string(),
    kind: z.string().optional(),
    reason: z.string().nullish(),
    command: z.string().nullish(),
    cwd: z.string().nullish(),
    networkApprovalContext: z.object({ host: z.string(), protocol: z.unknown() }).nullish(),
    additionalPermissions: z.unknown().optional(),
  }),
  'item/fileChange/requestApproval': z.object({
    threadId: z.string(),
    itemId: z.string(),
    reason: z.string().nullish(),
    grantRoot: z.string().nullish(),
  }),
  'item/permissions/requestApproval': z.object({
    threadId: z.string(),
    reason: z.string().nullish(),
    cwd: z.string().nullish(),
    permissions: z.object({ network: z.unknown(), fileSystem: z.unknown() }).partial(),
  }),
  'item/tool/requestUserInput': z.object({ threadId: z.string(), questions: z.array(question).min(1) }),
  'mcpServer/elicitation/request': z.object({
    threadId: z.string(),
    serverName: z.string(),
    mode: z.string().optional(),
    message: z.string().nullish(),
    url: z.string().nullish(),
    requestedSchema: z
      .object({ properties: z.record(z.string(), formField), required: z.array(z.string()).optional() })
      .optional(),
  }),
};
export type UserRequestMethod = keyof typeof userRequests;
/** A request of an unknown form: it can be answered only in the terminal. */
interface UnknownRequest {
  method: 'unknown';
  id: RequestId;
  params: { asked: string };
}
export type UserRequest =
  | UnknownRequest
  | {
      [M in UserRequestMethod]: { method: M; id: RequestId; params: z.infer<(typeof userRequests)[M]> };
    }[UserRequestMethod];

/** Results of the requests to Codex. Their parameters are in ParamsOf. */
export const results = {
  initialize: z.object({ userAgent: z.string(), codexHome: z.string() }),
  'account/read': z.object({
    account: z.object({ type: z.string() }).nullable(),
    requiresOpenaiAuth: z.boolean(),
  }),
  'config/read': z.object({
    config: z.object({
      projects: z.record(z.string(), z.object({ trust_level: z.string().nullish() })).nullish(),
      tui: z.unknown(),
    }),
  }),
  'config/batchWrite': z.object({}),
  'thread/start': z.object({ thread, model: z.string() }),
  'thread/resume': z.object({ thread, model: z.string() }),
  'thread/read': z.object({ thread }),
  'thread/list': z.object({ data: z.array(thread) }),
  'thread/name/set': z.object({}),
  'turn/start': z.object({}),
  'turn/interrupt': z.object({}),
};
export type Method = keyof typeof results;
export type ResultOf<M extends Method> = z.infer<(typeof results)[M]>;

/** Parameters of the requests to Codex. */
export interface ParamsOf {
  initialize: {
    clientInfo: { name: string; title: string; version: string };
    capabilities: { experimentalApi: boolean; optOutNotificationMethods?: string[] };
  };
  'account/read': { refreshToken: boolean };
  'config/read': { cwd: string; includeLayers: boolean };
  'config/batchWrite': {
    edits: { keyPath: string; value: unknown; mergeStrategy: 'upsert' | 'replace' }[];
    reloadUserConfig: boolean;
  };
  'thread/start': { cwd: string };
  'thread/resume': { threadId: string; excludeTurns: boolean; cwd?: string };
  'thread/read': { threadId: string; includeTurns: boolean };
  'thread/list': {
    cwd: string;
    limit: number;
    sortKey: 'updated_at';
    sourceKinds: string[];
    modelProviders: string[];
  };
  'thread/name/set': { threadId: string; name: string };
  'turn/start': { threadId: string; input: { type: 'text'; text: string }[] };
  'turn/interrupt': { threadId: string; turnId: string };
}

/** Any message on the wire. */
export const message = z.object({
  id: requestId.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});
export type Message = z.infer<typeof message>;

const textPart = z.object({ type: z.literal('text'), text: z.string() });

/** Returns the text of a user message; null for any other item. */
export function userText(thing: ThreadItem): string | null {
  if (thing.type !== 'userMessage') return null;
  return (thing.content ?? []).map((part) => textPart.safeParse(part).data?.text ?? '').join('');
}
