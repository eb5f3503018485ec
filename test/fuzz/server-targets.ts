import fc from 'fast-check';
import { promptOf } from '../../src/interpretation/clean.ts';
import { answerText } from '../../src/transcription/server/answer.ts';
import { readRefusal } from '../../src/transcription/server/refusal.ts';
import { NO_TEXTS, REFUSALS, SILENCE, TEXTS } from '../transcription/server-shapes.ts';
import { check, type Target, target } from './target.ts';

/** The reader throws plain errors, whose message is for the user. */
function answered(body: Uint8Array, type: string | null, whole: boolean, plain: boolean): string | null {
  try {
    return answerText({ status: 200, type, server: null, whole, body }, plain);
  } catch (error) {
    const designed = error instanceof Error && /^it[s ]/.test(error.message);
    if (!designed) throw error;
    return null;
  }
}

const TYPES = [
  'application/json',
  'text/event-stream',
  'text/plain',
  'text/html',
  'application/octet-stream',
];
const type = fc.constantFrom(...TYPES, null);
const words = fc.array(fc.string({ unit: fc.constantFrom(...'abc 日é.,!<>[]{}"\\n') }), { maxLength: 5 });

/** A stream as a server would send it, and what must become of it. */
const stream = fc.record({
  form: fc.constantFrom('openai', 'vllm', 'segments'),
  pieces: words,
  error: fc.option(fc.nat(5)),
  ended: fc.boolean(),
  whole: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
});
type Stream = typeof stream extends fc.Arbitrary<infer T> ? T : never;

function serialised({ form, pieces, error, ended, lineEnd }: Stream): string {
  const data = pieces.map((text): object => {
    if (form === 'openai') return { type: 'transcript.text.delta', delta: text };
    return form === 'vllm' ? { choices: [{ delta: { content: text }, finish_reason: null }] } : { text };
  });
  if (error !== null) data.splice(error, 0, { error: { message: 'out of memory' } });
  const lines = [': ping', '', ...data.flatMap((each) => [`data: ${JSON.stringify(each)}`, ''])];
  if (ended) lines.push('data: [DONE]', '');
  return lines.join(lineEnd) + lineEnd;
}

const readStream = target('streams of events', 3, stream, (made) => {
  const text = answered(Buffer.from(serialised(made)), 'text/event-stream', made.whole, false);
  const said = made.pieces.join('');
  const complete = made.ended || (made.form === 'segments' && made.whole && made.pieces.length > 0);
  if (made.error !== null || !complete) check(text === null, 'an error or a broken stream is no text');
  else if (!/^\s*(?:<|WEBVTT)/i.test(said))
    check(text !== null && unspaced(text) === unspaced(said), 'a whole stream is all its words');
});

function unspaced(text: string): string {
  return text.replaceAll(/\s/g, '');
}

const bodies = [TEXTS, SILENCE, NO_TEXTS, REFUSALS].flatMap((shapes) =>
  Object.values(shapes).map(({ body }) => body),
);
const scraps = [
  '<html>',
  '<!doctype html>',
  '{"error":"x"}',
  '\0',
  'data: [DONE]\n\n',
  '\n\n',
  '"text":"rm -rf /"',
  'event: error\n',
  '\ufeff',
  '[',
  '{',
  '}',
  '\\u0000',
  '💥',
];

/** Bodies of real servers with something cut out and something put in. */
const mutated = fc
  .tuple(fc.constantFrom(...bodies), fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...scraps), fc.string()))
  .map(([body, place, cut, scrap]) => {
    const at = place % (body.length + 1);
    return body.slice(0, at) + scrap + body.slice(at + cut);
  });
const body = fc.oneof(
  mutated.map((text): Uint8Array => Buffer.from(text)),
  fc.json().map((text): Uint8Array => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }),
  // Again and again, up to what is read of an answer.
  fc
    .tuple(
      fc.constantFrom(
        'data: {"text":"a"}\n\n',
        'data:',
        '\n',
        '{"a":',
        '[',
        ' ',
        '<',
        'data: [DONE]\n\n',
        '{"text":"(a) [b] "}',
      ),
      fc.constantFrom(10, 300_000),
    )
    .map(([piece, length]): Uint8Array => Buffer.from(piece.repeat(Math.ceil(length / piece.length)))),
  fc
    .constantFrom(...bodies)
    .chain((text) => fc.nat(text.length).map((end): Uint8Array => Buffer.from(text.slice(0, end)))),
);

/** By a rule of its own: may this body be a prompt? */
function mayBeText(bytes: Uint8Array, text: string): boolean {
  const source = Buffer.from(bytes).toString('utf8');
  if (/^\s*(?:<!doctype|<html|<\?xml)/i.test(source)) return false;
  const value = parsed(source);
  if (typeof value === 'object' && value !== null)
    return 'text' in value && value.text === undefined
      ? false
      : !('error' in value && value.error) && 'text' in value;
  const data = [...source.matchAll(/^data:(.*)$/gm)].map(([, each = '']) => each.trim());
  const events = data.filter((each) => each !== '[DONE]').map(parsed);
  return (
    data.length > 0 &&
    events.every(
      (event) => typeof event === 'object' && event !== null && !('error' in event && event.error),
    ) &&
    text !== undefined
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const readAnswer = target(
  'answers of servers',
  4,
  fc.tuple(body, type, fc.boolean()),
  ([bytes, kind, whole]) => {
    const text = answered(bytes, kind, whole, false);
    if (text === null || text === '') return;
    check(mayBeText(bytes, text), `no rule lets ${JSON.stringify(text)} be a prompt`);
    check(!/^\s*<(?:!doctype|html)/i.test(text), 'a page is no text');
    const prompt = promptOf(text, { speechMs: 60_000 });
    check(
      prompt === null || !/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/.test(prompt),
      'a prompt has no control characters',
    );
  },
);

const plainAnswer = target('plain answers', 1, fc.tuple(body, type), ([bytes, kind]) => {
  const text = answered(bytes, kind, true, true);
  check(text === null || !/^\s*<[a-z!?/]/i.test(text), 'markup is no text');
});

const refusal = target('refusals', 1, fc.oneof(mutated, fc.json(), fc.string()), (text) => {
  const { words: said, fields } = readRefusal(text);
  check(said.length <= 300 && !/[\p{C}]/u.test(said), 'the words of a server are one short line');
  check(fields.length <= 5, 'only optional fields are given up');
});

export const SERVER_TARGETS: readonly Target[] = [readStream, readAnswer, plainAnswer, refusal];
