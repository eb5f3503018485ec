import { describe, expect, test } from 'vitest';
import { answerText } from '../../src/transcription/server/answer.ts';
import { serverEvents, streamedText } from '../../src/transcription/server/event-stream.ts';
import { readRefusal } from '../../src/transcription/server/refusal.ts';
import { NO_TEXTS, REFUSALS, SILENCE, TEXTS } from './server-shapes.ts';

const answer = (type: string | null, body: string | Uint8Array, status = 200, whole = true) => ({
  status,
  type,
  server: null,
  whole,
  body: Buffer.from(body),
});

describe('an answer', () => {
  test.each(Object.entries(TEXTS))('of %s is its text', (_name, { type, body }) => {
    expect(answerText(answer(type, body), false)).toBe('Run the tests again.');
  });

  test.each(Object.entries(SILENCE))('with %s is silence', (_name, { type, body }) => {
    expect(answerText(answer(type, body), false)).toBe('');
  });

  test.each(Object.entries(NO_TEXTS))('of %s is a failure', (_name, { type, body, says }) => {
    expect(() => answerText(answer(type, body), false)).toThrow(says);
  });

  test('that is empty, or has no content, is a failure and not silence', () => {
    for (const type of ['application/json', 'text/plain', 'text/event-stream', null])
      expect(() => answerText(answer(type, ' \r\n'), true)).toThrow('empty (200)');
    expect(() => answerText(answer(null, '', 204), true)).toThrow('empty (204)');
  });

  test('of bytes is a failure', () => {
    expect(() => answerText(answer('text/plain', Uint8Array.of(0x1f, 0x8b, 8, 0)), true)).toThrow('not text');
    expect(() => answerText(answer('text/plain', 'Run\0the'), true)).toThrow('control characters');
    expect(() => answerText(answer('application/json', '{"text":"Run\\u0000"}'), true)).toThrow('control');
  });

  test('of plain text counts only where the format was left to the server, and only when it came whole', () => {
    expect(answerText(answer('text/plain; charset=utf-8', ' Run it.\n'), true)).toBe('Run it.');
    expect(() => answerText(answer('text/plain', 'Run it.'), false)).toThrow('not a transcript');
    expect(() => answerText(answer('text/plain', 'Run it.', 200, false), true)).toThrow('not a transcript');
    expect(() => answerText(answer('text/plain', '<p>Log in</p>'), true)).toThrow('not a transcript');
    expect(() => answerText(answer('text/css', 'a b'), true)).toThrow('text/css');
    expect(() => answerText(answer('application/octet-stream', 'RIFF'), true)).toThrow('octet-stream');
  });

  test('of whisper.cpp loses its line breaks, which fall within words', () => {
    const whisper = {
      ...answer('application/json', '{"text":" in the third par\\nagraph\\n of it.\\n"}'),
      server: 'whisper.cpp',
    };
    expect(answerText(whisper, false)).toBe('in the third paragraph of it.');
  });
});

describe('a stream', () => {
  test('is read as the standard says', () => {
    const body = '\ufeff: comment\nevent: one\ndata: a\ndata:b\nid: 7\n\n\n\ndata\n\nretry: 3\r\rdata:  c';
    expect([...serverEvents(body)]).toEqual([
      { name: 'one', data: 'a\nb' },
      { name: 'message', data: '' },
      { name: 'message', data: ' c' },
    ]);
  });

  test('of segments ends only with a body that came whole', () => {
    const segments = 'data: {"text":"one"}\n\ndata: {"text":"two"}\n\n';
    expect(streamedText(segments, true)).toBe('one two');
    expect(() => streamedText(segments, false)).toThrow('broke off');
    expect(streamedText(`${segments}data: [DONE]\n\n`, false)).toBe('one two');
    expect(streamedText('data: {"text":"今日は"}\n\ndata: {"text":"いい天気"}\n\n', true)).toBe(
      '今日はいい天気',
    );
  });
});

describe('a refusal', () => {
  test.each(Object.entries(REFUSALS))('of %s names the fields', (_name, { body, fields }) => {
    expect(readRefusal(body)).toMatchObject({ fields, unknownField: false });
  });

  test('shows its own words in one short line, and no page', () => {
    expect(readRefusal('{"error":{"message":"a\\nb\\u001b[31m"}}').words).toBe('a b');
    expect(readRefusal(`{"error":"${'x'.repeat(400)}"}`).words).toHaveLength(300);
    expect(readRefusal('<html>nginx</html>').words).toBe('');
    expect(readRefusal('{"detail":[{"loc":["body","file"],"msg":"Field required"}]}').words).toBe(
      'file: Field required',
    );
  });

  test('may be about some field, or about none', () => {
    expect(readRefusal('{"error":"unknown parameter"}')).toMatchObject({ fields: [], unknownField: true });
    expect(readRefusal('{"error":"audio too short"}')).toMatchObject({ fields: [], unknownField: false });
    expect(readRefusal('{"error":{"message":"The model `x` does not exist."}}').aboutModel).toBe(true);
  });
});
