import { describe, expect, it } from 'vitest';
import { type Command, commandOf } from '../../src/ui/input/keys.ts';
import { rowsOf, wantsOlder } from '../../src/ui/input/scroll.ts';
import { type State, shownRequest, shownTalk } from '../../src/ui/state.ts';
import { selectedOf } from '../../src/ui/talk.ts';
import { acted, connected, events, NOW, pending, utterance, withTalk } from './states.ts';

const command = (state: State, ...names: (Command['name'] | Command)[]): State =>
  names.reduce<State>((before, name) => {
    const whole = typeof name === 'string' ? ({ name } as Command) : name;
    return acted(before, { type: 'command', command: whole, now: NOW });
  }, state);

describe('events of the daemon', () => {
  it('tell the life of an utterance, from the key to its record', () => {
    let state = events(
      connected(),
      { event: 'stage', payload: { stage: 'listening', utterance: 'u1' } },
      { event: 'level', payload: { utterance: 'u1', dbfs: -30, speaking: true } },
      { event: 'level', payload: { utterance: 'u1', dbfs: -50, speaking: false } },
      { event: 'partial', payload: { utterance: 'u1', text: 'what is', stable: 5 } },
    );
    expect(state).toMatchObject({
      stage: 'listening',
      speaking: 'u1',
      partial: { text: 'what is', stable: 5 },
    });
    expect(state.levels).toHaveLength(2);
    expect(selectedOf(state.talk)).toMatchObject({ id: 'u1', state: 'listening', transcript: 'what is' });

    state = events(
      state,
      { event: 'stage', payload: { stage: 'finishing', utterance: 'u1' } },
      {
        event: 'transcript',
        payload: { utterance: 'u1', project: 'web', rule: 'said', text: 'What is it?' },
      },
      { event: 'stage', payload: { stage: 'idle', utterance: null } },
      {
        event: 'accepted',
        payload: { utterance: 'u1', project: 'web', rule: 'said', prompt: 'What is it?', turn: 't' },
      },
      { event: 'delta', payload: { utterance: 'u1', text: 'It ' } },
      { event: 'delta', payload: { utterance: 'u1', text: 'is.' } },
    );
    expect(state.levels).toEqual([]);
    expect(selectedOf(state.talk)).toMatchObject({ state: 'accepted', project: 'web', answer: 'It is.' });

    const record = utterance('u1', { answer: 'It is.', project: 'web' });
    state = events(
      state,
      { event: 'answer', payload: { utterance: 'u1', record } },
      { event: 'timings', payload: { utterance: 'u1', timings: { notify: 5 } } },
      // What comes late changes no record.
      { event: 'delta', payload: { utterance: 'u1', text: ' late' } },
      { event: 'accepted', payload: { utterance: 'u1', project: 'x', rule: null, prompt: 'y', turn: 't' } },
    );
    expect(state.talk.utterances).toEqual([{ ...record, timings: { notify: 5 } }]);
  });

  it('tell what Codex does for an utterance, until that has ended', () => {
    const activity = { kind: 'command', text: 'running npm test' } as const;
    const state = events(connected(), {
      event: 'activity',
      payload: { utterance: 'u1', project: 'backend', activity },
    });
    expect(state.activities).toEqual({ u1: { ...activity, project: 'backend' } });
    const answer = { event: 'answer', payload: { utterance: 'u1', record: utterance('u1') } } as const;
    expect(events(state, answer).activities).toEqual({});
  });

  it('say which of the words so far may still change', () => {
    const payload = { utterance: 'u1', text: 'what is the', stable: 7 };
    const state = events(connected(), { event: 'partial', payload });
    expect(state.partial).toEqual({ text: 'what is the', stable: 7 });
  });

  it('give a queued prompt its words, and the projects their numbers', () => {
    const entry = { id: 'u2', project: 'web', prompt: 'later', state: 'queued' } as const;
    const state = events(connected(), { event: 'queue', payload: { project: 'web', queue: [entry] } });
    expect(selectedOf(state.talk)).toMatchObject({ prompt: 'later', project: 'web', state: 'heard' });
    expect(state.projects.map(({ queued }) => queued)).toEqual([0, 1]);
    expect(events(state, { event: 'queue', payload: { project: 'web', queue: [] } }).queue).toEqual([]);
  });

  it('keep what is wrong with the settings until it is mended', () => {
    const error = { code: 'config-invalid', message: 'line 3', hint: 'mend it' } as const;
    const state = events(connected(), { event: 'error', payload: { utterance: null, error } });
    expect(state.configProblem).toEqual(error);
    expect(state.notice).toMatchObject({ look: 'bad', text: 'line 3' });
    const later = acted(state, { type: 'tick', now: NOW + 60_000 });
    expect(later.notice).toBeNull();
    expect(later.configProblem).toEqual(error);
  });

  it('and the journal, which answers meanwhile, agree: neither takes back what the other knows', () => {
    const delta = { event: 'delta', payload: { utterance: 'u2', text: 'longer than before' } } as const;
    const state = withTalk(events(connected(), delta), [
      utterance('u1'),
      utterance('u2', { state: 'accepted', answer: 'longer' }),
    ]);
    expect(state.talk.utterances.map(({ id, answer }) => [id, answer])).toEqual([
      ['u1', 'answer u1'],
      ['u2', 'longer than before'],
    ]);
    expect(state.talk.older).toBe('none');
  });
});

describe('requests', () => {
  const asked = (...ids: string[]): State =>
    events(
      connected(),
      ...ids.map(
        (id) => ({ event: 'approval', payload: { project: 'backend', request: pending(id) } }) as const,
      ),
    );

  it('keep the one that is looked at when others come, and show the next when it is resolved', () => {
    const state = command(asked('r1'), { name: 'view', view: 'requests' });
    const more = events(state, {
      event: 'approval',
      payload: { project: 'web', request: pending('r2', { dangers: ['runs as root'] }) },
    });
    expect(shownRequest(more)?.id).toBe('r1');
    const resolved = events(more, { event: 'resolved', payload: { project: 'backend', request: 'r1' } });
    expect(shownRequest(resolved)?.id).toBe('r2');
    expect(resolved.request).toMatchObject({ shownAt: NOW, scroll: 0, confirming: null });
  });

  it('that are dangerous take the same key twice, and any other key between begins anew', () => {
    const plain = command(asked('r1'), 'approve');
    expect(plain.request.confirming).toBeNull();
    const state = events(asked(), {
      event: 'approval',
      payload: { project: 'backend', request: pending('r1', { dangers: ['deletes files'] }) },
    });
    expect(command(state, 'approve').request.confirming).toBe('approve');
    expect(command(state, 'approve', 'approve-session').request.confirming).toBe('approve-session');
    expect(command(state, 'approve', 'down').request.confirming).toBeNull();
    expect(command(state, 'approve', 'back').request.confirming).toBeNull();
  });

  it('that change under the same id are looked at anew', () => {
    const state = command(asked('r1'), 'down');
    const changed = events(state, {
      event: 'approval',
      payload: { project: 'backend', request: pending('r1', { hash: 'other' }) },
    });
    expect(changed.request).toMatchObject({ id: 'r1', shownAt: NOW });
  });

  it('with several questions go from one to the next', () => {
    const question = (id: string) => ({ id, header: '', text: id, options: [], free: true, secret: false });
    const state = events(connected(), {
      event: 'approval',
      payload: { project: 'backend', request: pending('q', { questions: [question('a'), question('b')] }) },
    });
    const one = acted(state, { type: 'answered', question: 'a', answer: ['1'] });
    expect(one.request).toMatchObject({ question: 1, answers: { a: ['1'] } });
    expect(acted(one, { type: 'answered', question: 'b', answer: ['2'] }).request).toMatchObject({
      question: 1,
      answers: { a: ['1'], b: ['2'] },
    });
  });
});

describe('the conversation', () => {
  const many = (count: number): State =>
    withTalk(
      connected(),
      Array.from({ length: count }, (_, index) => utterance(`u${index}`)),
    );

  it('follows its end until somebody looks back, and again from the end on', () => {
    const state = many(20);
    expect(rowsOf(state)).toMatchObject({ total: 100, height: 19, first: 81 });
    const back = command(state, 'page-up');
    expect(rowsOf(back).first).toBe(81 - 17);
    const grown = events(back, { event: 'answer', payload: { utterance: 'u20', record: utterance('u20') } });
    expect(rowsOf(grown).first).toBe(81 - 17);
    const end = command(grown, 'last');
    expect(rowsOf(end)).toMatchObject({ total: 105, first: 86 });
    expect(selectedOf(shownTalk(end))?.id).toBe('u20');
  });

  it('stays where it is when older ones are put before', () => {
    const state = command(many(20), 'first');
    const older = Array.from({ length: 3 }, (_, index) => utterance(`o${index}`));
    const more = acted(state, { type: 'older', query: '', utterances: older.toReversed(), limit: 3 });
    expect(rowsOf(more).first).toBe(15);
    expect(more.talk.utterances[0]?.id).toBe('o0');
    expect(more.talk.older).toBe('unknown');
  });

  it('asks for older ones only near its beginning, and only while there are some', () => {
    const state = acted(connected(), {
      type: 'newest',
      utterances: Array.from({ length: 50 }, (_, index) => utterance(`u${index}`)),
      limit: 50,
    });
    expect(wantsOlder(state)).toBe(false);
    expect(wantsOlder(command(state, 'first'))).toBe(true);
    const loading = acted(command(state, 'first'), { type: 'loading-older' });
    expect(wantsOlder(loading)).toBe(false);
    const none = acted(loading, { type: 'older', query: '', utterances: [], limit: 50 });
    expect(wantsOlder(none)).toBe(false);
  });

  it('is walked through one by one, and through a long one in steps', () => {
    const long = utterance('long', {
      answer: Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'),
    });
    let state = withTalk(connected(), [utterance('u1'), long, utterance('u3')]);
    const seen: (string | undefined)[] = [];
    for (let count = 0; count < 40; count += 1) {
      seen.push(selectedOf(state.talk)?.id);
      state = command(state, 'up');
    }
    expect([...new Set(seen)]).toEqual(['u3', 'long', 'u1']);
    expect(seen.filter((id) => id === 'long').length).toBeGreaterThan(10);
    expect(rowsOf(state).first).toBe(0);
  });

  it('has its answers found, with the search apart from it', () => {
    const searching = acted(many(3), { type: 'search', query: 'totals' });
    const found = acted(searching, {
      type: 'found',
      query: 'totals',
      utterances: [utterance('x1', { answer: 'totals' })],
      limit: 50,
    });
    expect(shownTalk(found).utterances.map(({ id }) => id)).toEqual(['x1']);
    // The answer to an earlier search comes too late.
    const late = acted(found, { type: 'found', query: 'tot', utterances: [], limit: 50 });
    expect(shownTalk(late).utterances).toHaveLength(1);
    expect(shownTalk(command(found, 'back')).utterances).toHaveLength(3);
  });
});

describe('what is written', () => {
  it('is kept when its field is closed, and gone when it was sent', () => {
    let state = command(connected(), 'compose');
    state = acted(state, { type: 'edit', edit: { kind: 'insert', text: 'two\nlines' } });
    state = acted(state, { type: 'field', field: null });
    expect(state).toMatchObject({ field: null, draft: { text: 'two\nlines' } });
    state = command(state, 'search');
    state = acted(state, { type: 'edit', edit: { kind: 'insert', text: 'a\nb' } });
    expect(state.text.text).toBe('a b');
    state = command(acted(state, { type: 'field', field: null }), 'compose');
    expect(state.text.text).toBe('two\nlines');
    const sent = acted(state, { type: 'sent' });
    expect(sent).toMatchObject({ field: null, draft: { text: '' } });
    expect(acted(sent, { type: 'refused', text: 'two\nlines' }).draft.text).toBe('two\nlines');
  });
});

describe('lists', () => {
  it('keep the cursor on the entry that was moved', () => {
    const entry = (id: string) => ({ id, project: 'backend', prompt: id, state: 'queued' }) as const;
    let state = acted(connected(), { type: 'queue', queue: [entry('a'), entry('b'), entry('c')] });
    state = command(state, { name: 'view', view: 'queue' }, 'down', 'down', 'down');
    expect(state.queueRow).toBe(2);
    state = acted(state, { type: 'queue', queue: [entry('a'), entry('c'), entry('b')], follow: 'c' });
    expect(state.queueRow).toBe(1);
    expect(acted(state, { type: 'queue', queue: [] }).queueRow).toBe(0);
  });

  it('open the conversations of a project, and close them again', () => {
    const state = acted(command(connected(), { name: 'view', view: 'projects' }), {
      type: 'sessions',
      list: { project: 'backend', threads: null, current: null },
    });
    expect(commandOf(state, 'h')).toEqual({ name: 'list' });
    expect(command(state, 'back').sessionList).toBeNull();
  });
});
