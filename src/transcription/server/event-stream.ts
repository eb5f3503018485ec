import { errorWords, isObject } from './refusal.ts';

/** A server-sent event: its name, "message" where it has none, and its data lines joined by line breaks. */
interface ServerEvent {
  name: string;
  data: string;
}

/** Reads server-sent events (WHATWG HTML, "Server-sent events"). An event that its empty line does not end counts too. */
export function* serverEvents(body: string): Generator<ServerEvent, void, undefined> {
  let name = '';
  let data: string[] = [];
  for (const line of [...body.replace(/^\ufeff/, '').split(/\r\n?|\n/), '']) {
    if (line === '') {
      if (data.length > 0) yield { name: name || 'message', data: data.join('\n') };
      name = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
}

/**
 * The model ended by itself. Any other reason means that the text was cut off. vLLM reports one for each 30 s of sound.
 */
const ENDED_WELL: ReadonlySet<unknown> = new Set(['stop', 'eos', 'eos_token', 'end_of_text']);

/**
 * Returns the text of a transcription stream. Servers send one of three forms: `transcript.text.delta` events and a
 * `transcript.text.done` (OpenAI, LocalAI, speaches), `choices[].delta.content` and `[DONE]` (vLLM), or one `{text}` a
 * segment and the end of the body (faster-whisper-server).
 * @param whole the connection delivered the body as long as its header promised; only then may `{text}` events end
 *   without a mark
 * @throws Error when the stream reports an error, was cut off, or is in no known form
 */
export function streamedText(body: string, whole: boolean): string {
  const stream = new Transcription();
  for (const { name, data } of serverEvents(body)) stream.take(name, data);
  return stream.text(whole);
}

class Transcription {
  #text = '';
  /** Last character of a text of segments. */
  #end = '';
  /** The whole text, as the last event has it. */
  #done: string | null = null;
  #ended = false;
  /** True when all events are `{text}`; null before the first one. */
  #segments: boolean | null = null;

  take(name: string, data: string): void {
    if (data.trim() === '[DONE]') {
      this.#ended = true;
      return;
    }
    const event = parsed(data);
    const words = errorWords(event);
    if (words !== null || name === 'error') throw new Error(`it reports "${words ?? data.slice(0, 200)}"`);
    if (!isObject(event)) throw new Error('its stream has an event that is not an object');
    const type = typeof event.type === 'string' ? event.type : name;
    if (type.endsWith('.text.done')) {
      if (typeof event.text === 'string') this.#done = event.text;
      this.#ended = true;
    } else if (Array.isArray(event.choices)) {
      this.#segments = false;
      for (const choice of event.choices) this.#takeChoice(choice);
    } else if (type.endsWith('.text.delta')) {
      this.#segments = false;
      this.#text += stringIn(event.delta) ?? stringIn(event.text) ?? '';
    } else if (typeof event.text === 'string' && event.type === undefined) {
      this.#segments ??= true;
      // The end is kept apart: to look at the end of a text that grows would copy it each time.
      this.#text += gap(this.#end, event.text) + event.text;
      this.#end = event.text.at(-1) ?? this.#end;
    }
  }

  /** @param whole see streamedText() */
  text(whole: boolean): string {
    if (!this.#ended && !(whole && this.#segments === true))
      throw new Error('its stream broke off before the end of the text');
    return (this.#done ?? this.#text).trim();
  }

  #takeChoice(choice: unknown): void {
    if (!isObject(choice)) return;
    const delta = isObject(choice.delta) ? choice.delta : {};
    this.#text += stringIn(delta.content) ?? stringIn(delta.text) ?? '';
    const reason = choice.finish_reason ?? null;
    if (reason !== null && !ENDED_WELL.has(reason)) throw new Error(`it stopped in the text ("${reason}")`);
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new Error('its stream has an event that is not JSON');
  }
}

function stringIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Scripts that are written without spaces. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** faster-whisper-server trims each segment, so that the space between two of them is lost. */
function gap(last: string, next: string): string {
  const first = next.at(0) ?? '';
  if (/^\s?$/u.test(last) || /^\s?$/u.test(first)) return '';
  return UNSPACED.test(last) || UNSPACED.test(first) ? '' : ' ';
}
