import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { markedAnew } from '../../src/ui/input/choices.ts';
import type { Command } from '../../src/ui/input/keys.ts';
import { lineWidth, textOf } from '../../src/ui/painting/cells.ts';
import { painted } from '../../src/ui/painting/theme.ts';
import { type State, VIEWS } from '../../src/ui/state.ts';
import { screenOf } from '../../src/ui/views/screen.ts';
import type { Utterance } from '../../src/utterance.ts';
import { acted, connected, events, NOW, pending, utterance, withTalk } from './states.ts';

beforeAll(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

function text(state: State): string {
  const rows = screenOf(state, NOW).lines.map((line) => textOf(line).trimEnd());
  return rows.join('\n');
}

function keys(state: State, ...names: (Command['name'] | Command)[]): State {
  const commands = names.map((name) => (typeof name === 'string' ? ({ name } as Command) : name));
  return acted(state, ...commands.map((command) => ({ type: 'command', command, now: NOW }) as const));
}

const TALK: Utterance[] = [
  utterance('u1', {
    prompt: 'What does the endpoint test do?',
    transcript: 'What does the and point test do?',
    answer: 'It waits for **silence**:\n\n- 800 ms\n- or `endpoint_ms`',
    timings: {
      speech: 2_000,
      endpoint: 800,
      transcription: 310,
      delivery: 90,
      first_token: 700,
      answer: 2_400,
      loop: 1_600,
    },
  }),
  utterance('u2', {
    source: 'cli',
    state: 'failed',
    prompt: 'Now run it, and tell me what fails',
    answer: null,
    error: { code: 'turn-failed', message: 'The connection broke.', hint: 'Say it again.' },
  }),
];

const talking = (columns: number, rows: number): State => withTalk(connected({ columns, rows }), TALK);

describe('the screen', () => {
  it('at 80x24: the conversation', () => {
    expect(text(talking(80, 24))).toMatchInlineSnapshot(`
      " 1 Conversation  2 Requests  3 Queue  4 Projects  5 Timings  6 Settings
       ━━━━━━━━━━━━━━────────────────────────────────────────────────────────────────





         ✓ 12:00  backend · hotkey                                   1.60 s  answered
         › What does the endpoint test do?
           heard: What does the and point test do?

         It waits for silence:

         • 800 ms
         • or endpoint_ms

       ▌ ✗ 12:00  backend · cli                                                failed
       ▌ › Now run it, and tell me what fails
       ▌ The connection broke. [turn-failed]
       ▌ Say it again.


       backend · idle · gpt-5 · b2ae80
       Enter timings   / search   Space listen   w write              ? help   q quit"
    `);
  });

  it('at 60x16: the newest, and the timings of the one that is selected', () => {
    expect(text(talking(60, 16))).toMatchInlineSnapshot(`
      " Conversation  Requests  Queue  Projects  Timings  Settings
       ━━━━━━━━━━━━──────────────────────────────────────────────

         It waits for silence:

         • 800 ms
         • or endpoint_ms

       ▌ ✗ 12:00  backend · cli                            failed
       ▌ › Now run it, and tell me what fails
       ▌ The connection broke. [turn-failed]
       ▌ Say it again.


       backend · idle · gpt-5
       Enter timings   / search   Space listen    ? help   q quit"
    `);
    expect(text(keys(talking(60, 16), 'up', 'details'))).toMatchInlineSnapshot(`
      " Conversation  Requests  Queue  Projects  Timings  Settings
       ━━━━━━━━━━━━────────────────────────────────── ↓ 11 rows ─
       ▌ ✓ 12:00  backend · hotkey               1.60 s  answered
       ▌ › What does the endpoint test do?
       ▌   heard: What does the and point test do?
       ▌
       ▌ It waits for silence:
       ▌
       ▌ • 800 ms
       ▌ • or endpoint_ms
       ▌
       ▌ speech           2.00 s  ━━━━━━━━━━━━━━━━━━━━━━━━━
       ▌ endpoint         800 ms  ━━━━━━━━━━

       backend · idle · gpt-5
       Enter timings   / search   Space listen    ? help   q quit"
    `);
  });

  it('at 200x60: with the panel beside it', () => {
    const rows = text(keys(talking(200, 60), 'up')).split('\n');
    expect(rows).toHaveLength(60);
    expect(rows.filter((row) => /[^\s│]/.test(row)).join('\n')).toMatchInlineSnapshot(`
      " 1 Conversation  2 Requests  3 Queue  4 Projects  5 Timings  6 Settings
       ━━━━━━━━━━━━━━────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
                                                                                                                                                           │ Timings
                                                                                                                                                           │ speech           2.00 s  ━━━━━━━━━━━━━━━━━━╸
                                                                                                                                                           │ endpoint         800 ms  ━━━━━━━╸
                                                                                                                                                           │ transcription    310 ms  ━━━
                                                                                                                                                           │ delivery          90 ms  ━
                                                                                                                                                           │ first token      700 ms  ━━━━━━╸
                                                                                                                                                           │ answer           2.40 s  ━━━━━━━━━━━━━━━━━━━━━━
                                                                                                                                                           │ loop             1.60 s  ━━━━━━━━━━━━━━╸
                                                                                                                                                           │ Session
                                                                                                                                                           │ project    backend
                                                                                                                                                           │ session    idle
                                                                                                                                                           │ model      gpt-5
                                                                                                                                                           │ thread     b2ae80
                                                                                                                                                           │ transport  app-server
       ▌ ✓ 12:00  backend · hotkey                                                                                                        1.60 s  answered │
       ▌ › What does the endpoint test do?                                                                                                                 │
       ▌   heard: What does the and point test do?                                                                                                         │
       ▌                                                                                                                                                   │
       ▌ It waits for silence:                                                                                                                             │
       ▌                                                                                                                                                   │
       ▌ • 800 ms                                                                                                                                          │
       ▌ • or endpoint_ms                                                                                                                                  │
         ✗ 12:00  backend · cli                                                                                                                     failed │
         › Now run it, and tell me what fails                                                                                                              │
         The connection broke. [turn-failed]                                                                                                               │
         Say it again.                                                                                                                                     │
       backend · idle · gpt-5 · b2ae80
       Enter timings   / search   Space listen   w write                                                                                                                                      ? help   q quit"
    `);
  });

  it('while somebody speaks', () => {
    const state = events(
      talking(80, 24),
      { event: 'stage', payload: { stage: 'listening', utterance: 'u3' } },
      ...[-60, -40, -30, -20, -15, -25].map(
        (dbfs) => ({ event: 'level', payload: { utterance: 'u3', dbfs, speaking: dbfs > -35 } }) as const,
      ),
      { event: 'partial', payload: { utterance: 'u3', text: 'and which files are slow', stable: 15 } },
    );
    expect(text(state).split('\n').slice(-8).join('\n')).toMatchInlineSnapshot(`
      "   Say it again.

       ▌ ● 12:00  hotkey                                                    listening
       ▌ › and which files are slow

       ● ▁▄▅▇▇▆                      and which files are slow
       backend · idle · gpt-5 · b2ae80
       Enter timings   / search   Space listen   c cancel   w write   ? help   q quit"
    `);
  });

  it('a change of files that Codex asks for, dangers first', () => {
    const detail =
      'update src/totals.ts\n@@ -1,3 +1,3 @@\n export function sum(values) {\n-  return values.slice(1);\n+  return values;\n }\n\nadd notes.md\n# Notes\n- all of them';
    const request = pending('r1', {
      kind: 'file-change',
      title: 'Change files?',
      detail,
      reason: 'The first operand is lost',
      dangers: ['reaches outside the project'],
    });
    const asked = events(talking(80, 24), { event: 'approval', payload: { project: 'backend', request } });
    expect(text(asked).split('\n').slice(-3).join('\n')).toMatchInlineSnapshot(`
      " ! backend asks: Change files?  2 shows it
       backend · idle · gpt-5 · b2ae80
       Enter timings   / search   Space listen   w write              ? help   q quit"
    `);
    const seen = keys(asked, { name: 'view', view: 'requests' }, 'approve');
    expect(text(seen)).toMatchInlineSnapshot(`
      " 1 Conversation  2 Requests 1  3 Queue  4 Projects  5 Timings  6 Settings
       ────────────────━━━━━━━━━━━━──────────────────────────────────────────────────
       backend                                                                  12:00

       ! reaches outside the project

       Change files?
       because: The first operand is lost
       in /home/me/backend

       update src/totals.ts
       @@ -1,3 +1,3 @@
        export function sum(values) {
       -  return values.slice(1);
       +  return values;
        }

       add notes.md
       # Notes
       - all of them
       Careful: reaches outside the project. a again approves, Esc leaves it.

       backend · idle · gpt-5 · b2ae80
       a approve   s for session   d deny   Space listen              ? help   q quit"
    `);
    const looks = screenOf(seen, NOW).lines.flat();
    expect(looks.find((each) => each.text.startsWith('-  return'))?.look).toBe('removed');
    expect(looks.find((each) => each.text === '- all of them')?.look).toBe('added');
    // A small screen shows that there is more, and shows it.
    const small = { ...seen, size: { columns: 60, rows: 12 } };
    expect(text(keys(small, 'down'))).toMatch(/↓ \d+ more rows/);
    expect(text(keys(small, 'last'))).toContain('- all of them');
  });

  it('a form: several options, what it begins with, and what may be left out', () => {
    const options = ['Red', 'Green', 'Blue'].map((label) => ({ label, description: '' }));
    const common = { header: '', secret: false };
    const questions = [
      { ...common, id: 'c', text: 'Colours', options, free: false, multiple: true, initial: ['Green'] },
      {
        ...common,
        id: 'n',
        text: 'Name',
        options: [],
        free: true,
        optional: true,
        rule: 'at most 9 characters',
      },
    ];
    const request = pending('q1', {
      kind: 'question',
      title: 'Form',
      questions,
      decisions: ['deny'],
      folder: null,
    });
    const before = events(connected({ columns: 60, rows: 20 }), {
      event: 'approval',
      payload: { project: 'backend', request },
    });
    const state = keys(before, { name: 'view', view: 'requests' });
    const [colours] = questions;
    if (!colours) throw new Error('no question');
    const marked = markedAnew(state.request, colours, 'Red');
    expect(marked).toEqual(['Red', 'Green']);
    expect(markedAnew({ ...state.request, marked }, colours, 'Green')).toEqual(['Red']);
    const shown = text(keys(acted(state, { type: 'marked', marked }), 'down', 'down', 'down'));
    expect(shown).toContain('Colours (otherwise Green)');
    expect(shown).toContain(
      '1 [x] Red\n   2 [x] Green\n   3 [ ] Blue\n ▸ 4 done  Red, Green\n   5 leave it at Green',
    );
    const next = acted(state, { type: 'answered', question: 'c', answer: marked });
    expect(text(next)).toContain('✓ Red, Green');
    expect(text(next)).toContain(
      'Name (optional; at most 9 characters)\n ▸ 1 write the answer\n   2 leave it out',
    );
    expect(acted(next, { type: 'unanswered' }).request).toMatchObject({
      question: 0,
      answers: {},
      marked: null,
    });
  });

  it('a question with options', () => {
    const options = [
      { label: '3000', description: 'the usual one' },
      { label: '8080', description: '' },
    ];
    const question = { id: 'port', header: 'Port', text: 'Which port?', options, free: true, secret: false };
    const request = pending('q1', {
      kind: 'question',
      title: 'Port',
      questions: [question],
      decisions: [],
      folder: null,
    });
    const state = events(connected({ columns: 60, rows: 16 }), {
      event: 'approval',
      payload: { project: 'backend', request },
    });
    expect(text(keys(state, { name: 'view', view: 'requests' }, 'down'))).toMatchInlineSnapshot(`
      " Talk  Asks 1  Queue  Projects  Times  Settings
       ──────━━━━━━──────────────────────────────────────────────
       backend                                              12:00

       Port

       Which port?
         1 3000  the usual one
       ▸ 2 8080
         e an answer of your own




       backend · idle · gpt-5
       Enter answer   e write   Space listen      ? help   q quit"
    `);
  });

  it('the queue, the projects and their conversations', () => {
    const queue = [
      { id: 'a', project: 'backend', prompt: 'the first', state: 'sending' },
      { id: 'b', project: 'web', prompt: 'the second\nof two lines', state: 'uncertain' },
    ] as const;
    const state = acted(connected({ columns: 70, rows: 14 }), { type: 'queue', queue });
    expect(text(keys(state, { name: 'view', view: 'queue' }, 'down'))).toMatchInlineSnapshot(`
      " Conversation  Requests  Queue 1  Projects  Timings  Settings
       ────────────────────────━━━━━━━─────────────────────────────────────

          1  sending    backend  the first
       ▌  2  uncertain  web      the second of two lines

       It may have been sent before something died: only you can know. s
       sends it again, x drops it.




       backend · idle · gpt-5 · 1 in the queue
       K earlier   J later   x drop   s send   w write      ? help   q quit"
    `);
    const listed = keys(state, { name: 'view', view: 'projects' });
    expect(text(listed)).toMatchInlineSnapshot(`
      " Conversation  Requests  Queue 1  Projects  Timings  Settings
       ─────────────────────────────────━━━━━━━━───────────────────────────

       ▌ ● backend  idle              /home/me/backend  (back end)
           web      parked            /home/me/web

       Prompts go to the folder of the focused window, else to the project
       that is marked.




       backend · idle · gpt-5 · 1 in the queue
       Enter use   u automatic   l conversations   n new    ? help   q quit"
    `);
    const threads = [
      {
        id: '0198-aaaaaa',
        name: null,
        preview: 'what is this',
        at: new Date(NOW).toISOString(),
        folder: '/',
      },
    ];
    const sessions = acted(listed, {
      type: 'sessions',
      list: { project: 'backend', threads, current: '0198-aaaaaa' },
    });
    expect(text(sessions).split('\n').slice(2, 7).join('\n')).toMatchInlineSnapshot(`
      "
       Conversations of backend

       ▌ ● 12:00             what is this                            aaaaaa
      "
    `);
  });

  it('a prompt of several lines, with the cursor where the next letter comes', () => {
    const state = acted(keys(talking(60, 16), 'compose'), {
      type: 'edit',
      edit: { kind: 'insert', text: 'one\n日本' },
    });
    expect(text(state).split('\n').slice(-6).join('\n')).toMatchInlineSnapshot(`
      " ── to backend ──────── Enter sends, Alt-Enter: new line ──
       › one
         日本

       backend · idle · gpt-5
      "
    `);
    expect(screenOf(state, NOW).cursor).toEqual({ x: 1 + 2 + 4, y: 12 });
  });

  it('without a daemon, and on a terminal that is too small', () => {
    const reason = {
      code: 'daemon-failed',
      message: 'The daemon has ended.',
      hint: 'Start it again.',
    } as const;
    const lost = acted(talking(80, 24), { type: 'link', link: { kind: 'lost', reason, since: NOW - 5_000 } });
    expect(text(lost)).toContain('✗ The daemon has ended. Reconnecting (5 s)…  Start it again.');
    expect(text(talking(30, 5)).replaceAll(/\s+/g, ' ')).toContain('needs 40 columns and 12 rows');
  });
});

describe('any screen', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          '\x1b[31m',
          '\x1b]0;t\x07',
          '\x9b2J',
          '\u202e',
          '日本語',
          '👩‍💻',
          '\n',
          '# ',
          '- ',
          'word ',
          '\r',
          '\t',
        ),
        { maxLength: 60 },
      )
      .map((all) => all.join('')),
  );
  const anything = fc.record({
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 70 }),
    view: fc.constantFrom(...VIEWS),
    help: fc.boolean(),
    field: fc.constantFrom(null, 'compose', 'search'),
    words: fc.array(wild, { minLength: 12, maxLength: 12 }),
    listening: fc.boolean(),
    steps: fc.array(fc.constantFrom('down', 'up', 'page-up', 'page-down', 'first', 'last', 'details'), {
      maxLength: 6,
    }),
  });

  type Anything = typeof anything extends fc.Arbitrary<infer T> ? T : never;

  function stateOf({ columns, rows, view, help, field, words, listening, steps }: Anything): State {
    const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '', i = '', j = '', k = '', l = ''] =
      words;
    const error = { code: 'internal', message: e, hint: f } as const;
    const options = [{ label: h, description: i }];
    const questions = [{ id: 'q', header: a, text: g, options, free: true, secret: false }];
    const request = pending('r', {
      title: a,
      detail: b,
      folder: c,
      reason: d,
      dangers: [e],
      questions,
      kind: 'file-change',
    });
    const status = { state: 'down', thread: k, model: l, transport: 'app-server', reason: error } as const;
    let state = withTalk(connected({ columns, rows }), [
      utterance('u1', {
        prompt: a,
        transcript: b,
        answer: c,
        project: d,
        error,
        timings: { answer: 5, loop: 1e7 },
      }),
      utterance('u2', { prompt: f, answer: g }),
    ]);
    state = events(
      state,
      { event: 'approval', payload: { project: h, request } },
      { event: 'session', payload: { project: 'backend', status } },
      {
        event: 'queue',
        payload: { project: i, queue: [{ id: 'x', project: i, prompt: j, state: 'uncertain' }] },
      },
      ...(listening ? [{ event: 'stage', payload: { stage: 'listening', utterance: 'u3' } } as const] : []),
      { event: 'level', payload: { utterance: 'u3', dbfs: -20, speaking: true } },
      { event: 'partial', payload: { utterance: 'u3', text: k, stable: 3 } },
      ...(field === null ? [{ event: 'error', payload: { utterance: null, error } } as const] : []),
    );
    state = keys({ ...state, view, help }, ...steps);
    if (field === null) return state;
    return acted(keys(state, field), { type: 'edit', edit: { kind: 'insert', text: l } });
  }

  it('has its rows and no wider ones, and nothing of a text leaves its cells', () => {
    fc.assert(
      fc.property(anything, (what) => {
        const { lines, cursor } = screenOf(stateOf(what), NOW);
        expect(lines).toHaveLength(what.rows);
        for (const line of lines) {
          expect(lineWidth(line)).toBeLessThanOrEqual(what.columns);
          expect(textOf(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          // All that is left of escapes is the style that we set.
          expect(painted(line, false).replaceAll(/\x1b\[(?:[1-9]|2[2-9])m/g, '')).not.toMatch(/\p{Cc}/u);
        }
        if (cursor) {
          expect(cursor.x).toBeLessThan(what.columns);
          expect(cursor.y).toBeLessThan(what.rows);
        }
      }),
      { numRuns: 250 },
    );
  });
});
