/**
 * What transcription servers send, in the shapes of their sources and documentation: OpenAI and Azure (API reference),
 * vLLM 0.10 to 0.12 (speech_to_text.py, protocol.py), speaches 0.8 and faster-whisper-server 0.0.2 (stt.py), LocalAI 3.12
 * (transcription endpoint, errors), Groq (API reference), whisper.cpp 1.8 (examples/server/server.cpp).
 */
export interface Shape {
  type: string;
  body: string;
}

const events = (...data: (string | object)[]): string =>
  data.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('');
const sse = (body: string): Shape => ({ type: 'text/event-stream; charset=utf-8', body });
const json = (value: object): Shape => ({ type: 'application/json', body: JSON.stringify(value) });

const chunk = (content: string, finish: string | null = null): object => ({
  id: 'trsc-8b1c',
  object: 'transcription.chunk',
  created: 1_764_400_000,
  model: 'openai/whisper-large-v3',
  choices: [{ delta: { content }, finish_reason: finish, stop_reason: null }],
});
const vllmError = {
  error: { message: 'Engine is dead', type: 'InternalServerError', param: null, code: 500 },
};

/** Answers that hold "Run the tests again." */
export const TEXTS: Readonly<Record<string, Shape>> = {
  'OpenAI, streamed': sse(
    events(
      { type: 'transcript.text.delta', delta: 'Run the', logprobs: [] },
      { type: 'transcript.text.delta', delta: ' tests again.' },
      { type: 'transcript.text.done', text: 'Run the tests again.', usage: { type: 'tokens' } },
    ),
  ),
  'OpenAI, whole': json({ text: 'Run the tests again.', usage: { type: 'duration', seconds: 2 } }),
  'Azure, whole': json({ text: 'Run the tests again.' }),
  'vLLM, streamed, with one end a window and the usage': sse(
    events(
      chunk('Run'),
      chunk(' the tests', 'stop'),
      chunk(' again.', 'stop'),
      { id: 'trsc-8b1c', object: 'transcription.chunk', choices: [], usage: { total_tokens: 9 } },
      '[DONE]',
    ),
  ),
  'vLLM, whole': json({ text: ' Run the tests again.', usage: { type: 'duration', seconds: 2 } }),
  'speaches 0.8, streamed': sse(
    'event: transcript.text.delta\r\ndata: {"type":"transcript.text.delta","delta":"Run the tests again."}\r\n\r\n' +
      ': ping\r\n\r\ndata: {"type":"transcript.text.done","text":"Run the tests again."}\r\n\r\n',
  ),
  'faster-whisper-server, one trimmed segment an event': sse(
    events({ text: 'Run the' }, { text: 'tests again.' }),
  ),
  'LocalAI, streamed': sse(
    events(
      { type: 'transcript.text.delta', delta: 'Run the tests again.' },
      { type: 'transcript.text.done', text: 'Run the tests again.' },
      '[DONE]',
    ),
  ),
  'LocalAI, whole': json({
    segments: [{ id: 0, start: 0, end: 2, text: 'Run the tests again.' }],
    text: 'Run the tests again.',
  }),
  'Groq, whole': json({ text: ' Run the tests again.', x_groq: { id: 'req_01' } }),
  'whisper.cpp, whole': json({ text: ' Run the tests again.\n' }),
  'JSON that calls itself text': { type: 'text/plain', body: '{"text":"Run the tests again."}' },
  'a stream that calls itself text': {
    type: 'text/plain',
    body: events(chunk('Run the tests again.', 'stop'), '[DONE]'),
  },
};

/** Answers with status 200 that say that nothing was spoken. */
export const SILENCE: Readonly<Record<string, Shape>> = {
  'an empty text': json({ text: '' }),
  'a stream with nothing in it': sse(events(chunk('', 'stop'), '[DONE]')),
  'a done event without words': sse(events({ type: 'transcript.text.done', text: '' })),
};

/** Answers with status 200 that are no transcript, and what is to be said about them. */
export const NO_TEXTS: Readonly<Record<string, Shape & { says: string }>> = {
  'a sign-in page': {
    type: 'text/html; charset=utf-8',
    body: '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the network</body></html>',
    says: 'a web page',
  },
  'a page that calls itself text': {
    type: 'text/plain',
    body: '\n <html><body>Please log in</body></html>',
    says: 'markup',
  },
  'a sentence of a proxy': {
    type: 'text/plain',
    body: 'Your session has ended, please log in again.',
    says: 'not a transcript',
  },
  'an error object': {
    ...json({ error: { message: 'model is loading', code: 503 } }),
    says: 'model is loading',
  },
  "whisper.cpp's error": { ...json({ error: 'failed to read WAV file' }), says: 'failed to read WAV file' },
  "an old vLLM's error": {
    ...json({ object: 'error', message: 'No audio', type: 'BadRequestError', code: 400 }),
    says: 'No audio',
  },
  "FastAPI's detail": { ...json({ detail: 'Not authenticated' }), says: 'Not authenticated' },
  'JSON without a text': { ...json({ status: 'ok' }), says: 'no text' },
  'a list': { type: 'application/json', body: '["Run the tests"]', says: 'no text' },
  'half of an object': { type: 'application/json', body: '{"text":"Run the te', says: 'broken JSON' },
  'an object of JavaScript': { type: 'text/plain', body: "{text: 'Run'}", says: 'broken JSON' },
  'a stream with an error alone': { ...sse(events(vllmError, '[DONE]')), says: 'Engine is dead' },
  'a stream with an error after some words': {
    ...sse(events(chunk('Delete'), vllmError, '[DONE]')),
    says: 'Engine is dead',
  },
  'an event named error': { ...sse('event: error\ndata: {"code":"server_error"}\n\n'), says: 'server_error' },
  "OpenAI's stream, cut off": {
    ...sse(events({ type: 'transcript.text.delta', delta: 'Delete' })),
    says: 'broke off',
  },
  "vLLM's stream, cut off": { ...sse(events(chunk('Delete', 'stop'))), says: 'broke off' },
  'a text that was too long for the server': {
    ...sse(events(chunk('Delete', 'length'), '[DONE]')),
    says: 'length',
  },
  'a stream of nothing': { ...sse(': ping\n\n'), says: 'broke off' },
  'half of an event': { ...sse('data: {"type":"transcript.te'), says: 'not JSON' },
  subtitles: { type: 'text/vtt', body: 'WEBVTT\n\n00:00.000 --> 00:02.000\nRun', says: 'markup' },
};

/** Refusals, and the optional fields that they are about. */
export const REFUSALS: Readonly<Record<string, { status: number; body: string; fields: string[] }>> = {
  'OpenAI, a field with its name': {
    status: 400,
    body: '{"error":{"message":"Unsupported value","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}',
    fields: ['temperature'],
  },
  'Azure, an unknown argument': {
    status: 400,
    body: '{"error":{"message":"Unrecognized request argument supplied: stream","type":"invalid_request_error","param":null,"code":null}}',
    fields: ['stream'],
  },
  'speaches and vLLM, a list of fields': {
    status: 422,
    body: '{"detail":[{"type":"extra_forbidden","loc":["body","prompt"],"msg":"Extra inputs are not permitted","input":"x"},{"type":"literal_error","loc":["body","response_format"],"msg":"Input should be \'text\'"}]}',
    fields: ['response_format', 'prompt'],
  },
  'vLLM, a format': {
    status: 400,
    body: '{"object":"error","message":"Currently only support response_format `text` or `verbose_json`","type":"BadRequestError","param":null,"code":400}',
    fields: ['response_format'],
  },
  'LocalAI, a format with 500': {
    status: 500,
    body: '{"error":{"code":500,"message":"invalid response_format","type":""}}',
    fields: ['response_format'],
  },
  'Groq, a language': {
    status: 400,
    body: '{"error":{"message":"`language` must be one of the following values: en, de","type":"invalid_request_error"}}',
    fields: ['language'],
  },
  'plain words': { status: 400, body: 'streaming is not supported', fields: ['stream'] },
};
