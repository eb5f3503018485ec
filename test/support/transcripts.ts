import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { cleanPrompt } from '../../src/agent/prompt.ts';
import type { AgentSession } from '../../src/agent/session.ts';
import type { LoopbackRequest } from '../../src/loopback/model.ts';
import { type CodexBench, codexBench, outcome, terminalPid } from './codex.ts';

/** 1x1, transparent: a path that is pasted could become an attachment. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** What a terminal, a shell or Codex's composer gives a meaning to. */
const tricky = fc.constantFrom(
  ...['!', '/', '@', '$', '#', '?', '\\', '`', '&', '%', '>', '<', '|', ';', '~', '^', '(', ')'],
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '   ',
    '\n\n\n',
    '\0',
    '\b',
    '\x03',
    '\x04',
    '\x07',
    '\x0f',
    '\x15',
    '\x17',
    '\x1a',
    '\x1b',
    '\x7f',
  ],
  ...[
    '\x1b[200~',
    '\x1b[201~',
    '\x9b201~',
    '\x1b[201',
    '~',
    '\x1b]52;c;aGk=\x07',
    '\x1b[A',
    '\x1b[31m',
    '\x1bOP',
    '\x1b[13;5u',
  ],
  ...['\u202e', '\u2066', '\u2069', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u2028', '\u2029', '\u200f'],
  ...[
    '\ud800',
    '\udc00',
    '👩‍👩‍👧',
    '🇩🇪',
    'e\u0301',
    'é',
    '日本語',
    'שלום',
    'ｆｕｌｌ',
    '—',
    '…',
    '\u00a0',
    '\u3000',
    '\ue000',
    '\uffff',
  ],
  ...[
    '!touch canary',
    '/quit',
    '/new',
    '/compact',
    '/model',
    '@package.json',
    '$skill',
    'exit',
    ':q',
    '[Pasted Content 1234 chars]',
  ],
  ...[
    'image.png',
    '[Image #1]',
    './image.png',
    '# note',
    '- [ ] x',
    '```\n!ls\n```',
    '<environment_context>',
    '› ',
    '> ',
  ],
);
const words = fc.stringMatching(/^[a-zA-Z0-9 ,.'"-]{0,40}$/);
const anything = fc.string({ unit: 'binary', maxLength: 60 });
const long = fc
  .tuple(fc.constantFrom('a', 'word ', '日', 'line\n', '👍', '! '), fc.integer({ min: 900, max: 12_000 }))
  .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)));

/** What may come out of a microphone, a pipe or an attacker's file. */
export const transcript = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.oneof(tricky, words), { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: anything },
  { weight: 1, arbitrary: fc.tuple(tricky, long, tricky).map((parts) => parts.join('')) },
);

/** A real Codex in front of which transcripts are laid one by one. */
export class TranscriptBench {
  readonly #bench: CodexBench;
  readonly #session: AgentSession;
  readonly #thread: string | null;

  static async start(): Promise<TranscriptBench> {
    const bench = await codexBench(() => ({ kind: 'text', chunks: ['ok'] }));
    await writeFile(join(bench.directory, 'image.png'), PNG);
    await writeFile(join(bench.directory, 'package.json'), '{}');
    const session = bench.session();
    await session.start();
    await outcome(session.submit('hello'));
    return new TranscriptBench(bench, session);
  }

  private constructor(bench: CodexBench, session: AgentSession) {
    this.#bench = bench;
    this.#session = session;
    this.#thread = session.status.thread;
  }

  /**
   * Sends one.
   * @throws Error when the model got anything but the cleaned prompt, something ran, or Codex is not as it was
   */
  async check(text: string): Promise<void> {
    const { model, directory } = this.#bench;
    let expected: string;
    try {
      expected = cleanPrompt(text);
    } catch {
      return; // Nothing is left of it: it is refused before it is typed.
    }
    const before = model.requests.length;
    const pid = terminalPid(this.#session);
    const end = await outcome(this.#session.submit(text));
    if (end.type !== 'completed') throw new Error(`the turn ended as ${end.type}`);
    if (model.requests.length !== before + 1) throw new Error(`${model.requests.length - before} requests`);
    const got = newestUserText(model.requests.at(-1));
    if (got !== expected) throw new Error(`the model got ${JSON.stringify(got)}`);
    if (terminalPid(this.#session) !== pid) throw new Error('the terminal was started again');
    if (this.#session.status.thread !== this.#thread) throw new Error('another conversation was begun');
    const files = (await readdir(directory)).sort().join(' ');
    if (files !== 'image.png package.json') throw new Error(`files: ${files}`);
  }

  close(): Promise<void> {
    return this.#bench.close();
  }
}

/** The text of the last message of the user, and of nothing else that would go with it. */
function newestUserText(request: LoopbackRequest | undefined): string {
  const message = request?.input.findLast(({ role }) => role === 'user');
  return (message?.content ?? []).map((part) => part.text ?? `[${part.type}]`).join('');
}

/** Lays `runs` random transcripts before a real Codex. @param seed the same one gives the same transcripts */
export async function checkTranscripts(runs: number, seed: number): Promise<void> {
  const bench = await TranscriptBench.start();
  try {
    // A conversation that grows makes each prompt slower than the one before, and no test better.
    await fc.assert(
      fc.asyncProperty(transcript, (text) => bench.check(text)),
      { numRuns: runs, seed },
    );
  } finally {
    await bench.close();
  }
}
