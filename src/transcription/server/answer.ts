import { serverEvents, streamedText } from './event-stream.ts';
import { errorWords, isObject } from './refusal.ts';

/** A successful answer of a transcription server. */
export interface ServerAnswer {
  status: number;
  /** The header fields that matter; null where they are missing. */
  type: string | null;
  server: string | null;
  /** The connection delivered as many bytes as the header promised. */
  whole: boolean;
  body: Uint8Array;
}

/** Pages, and subtitles, which no request asks for. */
const MARKUP = /^\s*(?:<(?:!doctype|\?xml|!--|html|head|body|title|script|svg|rss|feed)\b|WEBVTT\b)/i;
const ANY_MARKUP = /^\s*<[a-z!?/]|^\s*1\s*\n\s*\d\d:\d\d:\d\d[,.]\d/i;

/**
 * Returns the text of an answer. JSON and streams are recognised by their content, whatever the content type is; plain
 * text counts only if it was requested. An empty answer is a failure, because `{"text": ""}` means that nothing was
 * spoken.
 * @param plain the request left the format to the server
 * @throws Error with the reason why the answer is not a transcript
 */
export function answerText({ status, type, server, whole, body }: ServerAnswer, plain: boolean): string {
  const text = decoded(body);
  if (status === 204 || text.trim() === '') throw new Error(`its answer is empty (${status})`);
  if (MARKUP.test(text))
    throw new Error(`it answered with ${type?.includes('html') ? 'a web page' : 'markup'}`);
  if (type?.includes('event-stream') || looksLikeStream(text)) return checked(streamedText(text, whole));
  const answer = json(text);
  if (answer !== undefined) {
    const words = errorWords(answer);
    if (words !== null) throw new Error(`it reports "${words}"`);
    if (!isObject(answer) || typeof answer.text !== 'string') throw new Error('its answer has no text');
    return checked(server === 'whisper.cpp' ? answer.text.replaceAll('\n', '') : answer.text);
  }
  if (/^\s*[{["]/.test(text) || type?.includes('json')) throw new Error('its answer is broken JSON');
  if (!plain || !/^text\/plain\b/i.test(type ?? 'text/plain') || ANY_MARKUP.test(text) || !whole)
    throw new Error(`its answer is not a transcript (${type ?? 'no content type'})`);
  return checked(text);
}

/** @throws Error when it is not UTF-8, as sound and compressed bodies are not */
function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Error('its answer is not text');
  }
}

/** @throws Error when what came as a text is markup or has control characters, which are not spoken */
function checked(text: string): string {
  if (MARKUP.test(text)) throw new Error('it answered with markup');
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) throw new Error('its text has control characters');
  return text.trim();
}

function looksLikeStream(text: string): boolean {
  if (!/^\ufeff?\s*(?:data|event|id|retry)?:/.test(text)) return false;
  const [first] = serverEvents(text);
  return first !== undefined && /^\s*(?:\{|\[DONE\])/.test(first.data);
}

/** undefined: it is not JSON; a number or a word alone is plain text. */
function json(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
