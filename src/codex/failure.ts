import { z } from 'zod';
import type { ErrorReport } from '../errors.ts';
import { lineText } from '../text/clean.ts';
import type { TurnError } from './protocol.ts';

/** Why a turn failed, by `codexErrorInfo` of Codex 0.169.0: what happened, what to do. */
const EXPLANATIONS: Record<string, [string, string]> = {
  contextWindowExceeded: [
    'The conversation no longer fits into the model.',
    'Start a new one (`codex-voice new`), or compact this one: attach and type /compact.',
  ],
  sessionBudgetExceeded: [
    'The budget of this session is used up.',
    'Start a new conversation: `codex-voice new`.',
  ],
  usageLimitExceeded: [
    'You have reached the usage limit of your plan.',
    'Wait until it resets, or change your plan.',
  ],
  rateLimitExceeded: [
    'The model received too many requests in a short time.',
    'Wait a minute and say it again.',
  ],
  serverOverloaded: ['The model is overloaded.', 'Wait a minute and say it again.'],
  modelNotFound: [
    'The model does not exist, or is not available to this account.',
    'Choose another: attach and type /model.',
  ],
  internalServerError: [
    'The model provider reported an internal error.',
    'Say it again. If this happens again, check the status page of the provider.',
  ],
  unauthorized: ['The model provider refused the sign-in.', 'Run `codex login`.'],
  badRequest: [
    'The model provider refused the request.',
    'Start a new conversation (`codex-voice new`), or choose another model: attach and type /model.',
  ],
  flexUnavailable: ['The model is overloaded.', 'Wait a minute and say it again.'],
  policyCapacityUnavailable: ['The model is overloaded.', 'Wait a minute and say it again.'],
  misalignmentPolicyViolation: [
    'The policy of the model provider forbids this request.',
    'Say it in another way.',
  ],
  inferenceHookDenied: ['A hook of Codex refused the request.', "Check the hooks in Codex's config.toml."],
  tooManyDenials: ['Codex stopped: too much was denied in this turn.', 'Say what it should do instead.'],
  cyberPolicy: ['The policy of the model provider forbids this request.', 'Say it in another way.'],
  sandboxError: ["Codex's sandbox failed.", 'Run `codex` in a terminal to see why.'],
  httpConnectionFailed: ['The model could not be reached.', 'Check the network and say it again.'],
  responseStreamConnectionFailed: ['The model could not be reached.', 'Check the network and say it again.'],
  responseStreamDisconnected: [
    'The connection to the model broke during the answer.',
    'Check the network and say it again.',
  ],
  responseTooManyFailedAttempts: [
    'The model failed several times in a row.',
    'Wait a minute and say it again.',
  ],
};

const DETAIL_CHARS = 300;

/** Returns the kind of failure, if known: a key of EXPLANATIONS. */
export function failureKind(error: TurnError | null | undefined): string | undefined {
  const info = error?.codexErrorInfo;
  if (typeof info !== 'string') {
    const [[name, details] = []] = Object.entries(info ?? {});
    return kindOfStatus(details) ?? name;
  }
  if (info !== 'other') return info;
  // A stream that was cut off is `other` if no retry is configured, as is HTTP status 400, whose body is the message.
  if (error?.message.startsWith('stream disconnected')) return 'responseStreamDisconnected';
  return bodyMessage(error?.message ?? '') === null ? undefined : 'badRequest';
}

/** Codex 0.169.0 reports every response that is not a stream as a failed connection, but includes its HTTP status. */
function kindOfStatus(details: unknown): string | undefined {
  const { data } = httpFailure.safeParse(details);
  const status = data?.httpStatusCode ?? 0;
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'modelNotFound';
  if (status === 429) return 'rateLimitExceeded';
  if (status === 503 || status === 529) return 'serverOverloaded';
  if (status >= 500) return 'internalServerError';
  return status >= 400 ? 'badRequest' : undefined;
}

const httpFailure = z.object({ httpStatusCode: z.number().nullish() });
const errorBody = z.object({ error: z.object({ message: z.string() }) });

/** Extracts the provider's message from the body of its response; null when the text is not such a body. */
function bodyMessage(text: string): string | null {
  if (!text.startsWith('{')) return null;
  try {
    return errorBody.safeParse(JSON.parse(text)).data?.error.message ?? null;
  } catch {
    return null; // It is plain text.
  }
}

/** Returns the report of a failed turn. @param error null when Codex gave no reason */
export function turnFailure(error: TurnError | null | undefined): ErrorReport {
  const kind = failureKind(error);
  const [sentence, hint] = EXPLANATIONS[kind ?? ''] ?? [
    'Codex could not finish the turn.',
    'Say it again. Run `codex-voice attach` for details.',
  ];
  const said = error?.message ?? '';
  const detail = plainLine(bodyMessage(said) ?? said);
  const message = detail && !sentence.includes(detail) ? `${sentence} (${detail})` : sentence;
  return { code: kind === 'unauthorized' ? 'codex-signed-out' : 'turn-failed', message, hint };
}

/** Returns one line without control characters, because providers put whole pages into their messages. */
export function plainLine(text: string): string {
  return lineText(text, DETAIL_CHARS);
}

/** Returns the report of a turn whose server has ended. */
export function serverLost(lastWords: string): ErrorReport {
  return {
    code: 'codex-down',
    message: `Codex ended during the turn${lastWords ? `: ${plainLine(lastWords)}` : '.'}`,
    hint: 'Codex is restarting in the same conversation. You can send the prompt again.',
  };
}
