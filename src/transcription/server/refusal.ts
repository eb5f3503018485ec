import { lineText } from '../../text/clean.ts';
/** The fields of a request that a server can do without, in the order in which they are given up. */
export const OPTIONAL_FIELDS = ['stream', 'temperature', 'response_format', 'prompt', 'language'] as const;

export type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/** How a message may write a field. */
const NAMES: Readonly<Record<OptionalField, RegExp>> = {
  stream: /\bstream(?:ing)?\b/i,
  temperature: /\btemperature\b/i,
  response_format: /\bresponse[_ ]?formats?\b/i,
  prompt: /\bprompt\b/i,
  language: /\blanguages?\b/i,
};
/** How a server says that it does not know a field, whichever it is. */
const UNKNOWN_FIELD =
  /\b(?:unknown|unrecogni[sz]ed|unsupported|unexpected|extra|additional|invalid)\b.*\b(?:field|param(?:eter)?|argument|input|propert(?:y|ie)|option|key)s?\b|\bextra[_ ]forbidden\b/is;
/** The longest message of a server that is shown, characters. */
const MOST_WORDS = 300;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the message of an error object, null when the value is none. The shapes: `{error: {message}}` (OpenAI, Groq,
 * Azure, vLLM, LocalAI), `{error: "..."}` (whisper.cpp), `{object: "error", message}` (vLLM before 0.10),
 * `{type: "error", message}` and `{detail}` (FastAPI: speaches, vLLM).
 */
export function errorWords(value: unknown): string | null {
  if (!isObject(value)) return null;
  const { error, detail, message } = value;
  if (error !== undefined && error !== null && error !== false && error !== '') return wordsIn(error);
  if (value.object === 'error' || value.type === 'error') return wordsIn(message ?? value);
  if (detail !== undefined && !('text' in value)) return wordsIn(detail);
  return null;
}

function wordsIn(error: unknown): string {
  if (typeof error === 'string') return shown(error);
  if (Array.isArray(error)) return shown(error.map(wordsIn).join('; '));
  if (!isObject(error)) return shown(String(error));
  // FastAPI: {loc: ["body", "stream"], msg: "Extra inputs are not permitted"}
  const place = Array.isArray(error.loc) ? `${error.loc.at(-1)}: ` : '';
  const words = error.message ?? error.msg ?? error.type ?? error.code;
  return words === undefined ? shown(JSON.stringify(error)) : shown(place + String(words));
}

/** A server's refusal of a request. */
export interface Refusal {
  /** Its own words in one line, at most 300 characters; '' when it has none that can be shown. */
  words: string;
  /** Optional fields that it names. */
  fields: readonly OptionalField[];
  /** It says that it does not know a field, and does not say which. */
  unknownField: boolean;
  /** It is about the model. */
  aboutModel: boolean;
}

/** Reads the body of a refused request: JSON in any of the known shapes, or a short plain text. */
export function readRefusal(body: string): Refusal {
  const value = jsonOf(body);
  const words = value === null ? plainWords(body) : (errorWords(value) ?? messageOf(value));
  const parameter = isObject(value) && isObject(value.error) ? value.error.param : undefined;
  const named = OPTIONAL_FIELDS.filter((field) => field === parameter);
  const fields = named.length > 0 ? named : OPTIONAL_FIELDS.filter((field) => NAMES[field].test(words));
  const unknownField = fields.length === 0 && UNKNOWN_FIELD.test(words);
  return { words, fields, unknownField, aboutModel: /\bmodel\b/i.test(words) };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Azure: `{statusCode, message}`. */
function messageOf(value: unknown): string {
  return isObject(value) && typeof value.message === 'string' ? shown(value.message) : '';
}

/** A web page says nothing that helps. */
function plainWords(body: string): string {
  return /^\s*</.test(body) || body.length > 4 * MOST_WORDS ? '' : shown(body);
}

function shown(words: string): string {
  return lineText(words, MOST_WORDS);
}
