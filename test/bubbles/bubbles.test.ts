import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../src/actions.ts';
import type { SessionNotice } from '../../src/agent/session.ts';
import { Bubbles, type NotifyMode } from '../../src/bubbles/bubbles.ts';
import { Bus } from '../../src/facts.ts';
import { replacing } from '../../src/wording/replacing.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { longAnswer, utterance } from './utterances.ts';

describe('Bubbles', () => {
  const logger: Logger = pino({ enabled: false });
  let folder: TemporaryFolder;
  let notifier: FakeNotifier;
  let bubbles: Bubbles;
  let mode: NotifyMode;
  const answers = () => join(folder.path, 'answers');

  beforeEach(async () => {
    folder = await temporaryFolder();
    notifier = new FakeNotifier();
    mode = true;
    bubbles = new Bubbles({ notifier, logger, folder: answers(), mode: () => mode });
  });
  afterEach(async () => {
    await bubbles.close();
    await folder.remove();
  });

  it('shows what was heard, the growing answer and the answer in one bubble', async () => {
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    void bubbles.learn({ type: 'delta', utterance: utterance({ answer: 'It checks' }), text: 'It checks' });
    const taken = await bubbles.learn({
      type: 'ended',
      utterance: utterance({ state: 'answered', answer: 'It checks the pause.' }),
    });
    expect(taken).toBeGreaterThan(0);
    expect(new Set(notifier.shown.map(({ bubble }) => bubble))).toEqual(new Set(['utterance:u1']));
    expect(notifier.shown[0]?.content).toMatchObject({
      title: 'backend · heard',
      body: 'What does the endpoint test do?',
    });
    expect(notifier.last).toMatchObject({
      title: 'backend · What does the endpoint test do?',
      body: 'It checks the pause.',
      urgency: 'normal',
      actions: { default: 'Open', respond: 'Reply', speak: 'Speak reply' },
    });
    expect(notifier.shown.map(({ content }) => content.passing === true)).toEqual([true, false]);
  });

  it('shows a corrected prompt without the line for Codex, and what was changed, if the settings want it', () => {
    const change = { from: 'cube', to: 'kube', at: 15, why: 'correction' } as const;
    const transcript = 'Deploy it with cube.';
    const prompt = replacing('Deploy it with kube.');
    const corrected = utterance({ transcript, prompt, changes: [change] });
    void bubbles.learn({ type: 'heard', utterance: corrected, held: false });
    expect(notifier.last.body).toBe('Deploy it with kube.');
    void bubbles.learn({ type: 'corrected', utterance: corrected, from: 'cube', to: 'kube', typed: false });
    expect(notifier.last.body).toBe('“kube” instead of “cube”.');
    mode = false;
    void bubbles.learn({ type: 'corrected', utterance: corrected, from: 'a', to: 'b', typed: false });
    expect(notifier.shown).toHaveLength(2);
  });

  it('shows from the key press on how loud it is and what is said, and what may still change in italics', async () => {
    const spoken = utterance({ transcript: null, prompt: null, state: 'listening' });
    void bubbles.learn({ type: 'listening', utterance: spoken });
    expect(notifier.last).toMatchObject({ title: 'backend · listening', body: 'Speak now.', passing: true });
    void bubbles.learn({ type: 'level', utterance: spoken, dbfs: -60, speaking: true });
    void bubbles.learn({ type: 'level', utterance: spoken, dbfs: -10, speaking: true });
    void bubbles.learn({ type: 'partial', utterance: spoken, text: 'run the \u001b[31mtests', stable: 8 });
    await waitFor('the words', () => notifier.last.body === 'run the tests');
    expect(notifier.last.meter).toEqual({ percent: 100, line: '▁█' });
    expect(notifier.last.rich).toEqual([[{ text: 'run the' }, { text: ' tests', italic: true }]]);
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    expect(notifier.last.title).toBe('backend · heard');
    expect(new Set(notifier.shown.map(({ bubble }) => bubble)).size).toBe(1);
  });

  it('the end of an utterance is told to nobody where the notifier breaks, and nothing rejects', async () => {
    notifier.show = () => Promise.reject(new Error('a bug'));
    const bus = new Bus(logger);
    bus.subscribe('notifications', (fact) => bubbles.learn(fact));
    const ended = utterance({ state: 'answered', answer: 'Yes.' });
    expect(await bus.shown({ type: 'ended', utterance: ended })).toBeNull();
  });

  it('has no meter for what is read from a file', () => {
    void bubbles.learn({
      type: 'level',
      utterance: utterance({ source: 'file' }),
      dbfs: -20,
      speaking: true,
    });
    expect(notifier.shown).toEqual([]);
  });

  it('shows what Codex does, below what it wrote last', async () => {
    const activity = { kind: 'command', text: 'running npm test' } as const;
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ id: 'before', state: 'answered', answer: 'Markdown is loaded now.' }),
    });
    void bubbles.learn({ type: 'activity', utterance: utterance(), activity: activity });
    expect(notifier.last).toMatchObject({
      body: 'running npm test…',
      actions: { interrupt: 'Interrupt', terminal: 'Open' },
      resident: true,
    });
    void bubbles.learn({
      type: 'delta',
      utterance: utterance({ answer: 'I run the **tests' }),
      text: 'I run the **tests',
    });
    await waitFor('the words', () => notifier.last.body === 'I run the tests …');
    const said = utterance({ answer: 'I run the **tests**.' });
    void bubbles.learn({ type: 'activity', utterance: said, activity: activity });
    await waitFor('both', () => notifier.last.body === 'I run the tests.\nrunning npm test…');
    void bubbles.learn({ type: 'activity', utterance: said, activity: { kind: 'writing', text: 'writing' } });
    void bubbles.learn({
      type: 'delta',
      utterance: { ...said, answer: `${said.answer}\n\nAll pass` },
      text: `${said.answer}\n\nAll pass`,
    });
    await waitFor('the last message alone', () => notifier.last.body === 'All pass …');
  });

  it('offers what the desktop can do: a field for a reply, the clipboard', async () => {
    const acts: Action[] = [];
    const copied: string[] = [];
    const own = new FakeNotifier();
    own.state.capabilities.push('inline-reply');
    const able = new Bubbles({
      notifier: own,
      logger,
      folder: answers(),
      act: async (action) => void acts.push(action),
      copy: () => async (text) => void copied.push(text),
    });
    await able.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'It is `done`.' }) });
    expect(own.last).toMatchObject({
      actions: { default: 'Open', speak: 'Speak reply', copy: 'Copy' },
      reply: 'Reply',
    });
    own.events.push({ type: 'reply', bubble: 'utterance:u1', text: 'and now?' });
    for (const key of ['default', 'speak', 'interrupt']) {
      own.events.push({ type: 'action', bubble: 'utterance:u1', key });
    }
    await waitFor('the actions', () => acts.length === 4);
    expect(acts).toEqual([
      { type: 'ask', project: 'backend', text: 'and now?', source: 'reply' },
      { type: 'open-terminal', project: 'backend' },
      { type: 'speak-to', project: 'backend' },
      { type: 'interrupt', project: 'backend' },
    ]);
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'copy' });
    await waitFor('the news', () => own.last.body.endsWith('Copied.'));
    expect(copied).toEqual(['It is `done`.']);
    await able.close();
  });

  it('disturbs nobody who wants quiet but for what needs the person', async () => {
    mode = 'quiet';
    void bubbles.learn({ type: 'listening', utterance: utterance() });
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    void bubbles.learn({
      type: 'activity',
      utterance: utterance(),
      activity: { kind: 'thinking', text: 'thinking' },
    });
    void bubbles.learn({ type: 'delta', utterance: utterance({ answer: 'x' }), text: 'x' });
    expect(notifier.shown).toEqual([]);
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'x' }) });
    expect(notifier.last).toMatchObject({ urgency: 'low', quiet: true });
    void bubbles.learn({ type: 'requested', project: 'backend', request: pendingRequest({}) });
    expect(notifier.last.urgency).toBe('critical');
    const error = { code: 'turn-failed', message: 'No.', hint: 'Try again.' } as const;
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'failed', error }) });
    expect(notifier.last).toMatchObject({ urgency: 'critical' });
    expect(notifier.last.quiet).toBeUndefined();
    void bubbles.learn({ type: 'uncertain', utterance: utterance({ error }) });
    expect(notifier.last.urgency).toBe('critical');
  });

  it('marks an answer that is not finished', () => {
    void bubbles.learn({ type: 'delta', utterance: utterance({ answer: 'It checks' }), text: 'It checks' });
    expect(notifier.last.body).toBe('It checks …');
  });

  it('shortens a long answer at a word and offers all of it', async () => {
    const answer = longAnswer(300);
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer }) });
    const { body, actions } = notifier.last;
    expect(body.length).toBeLessThanOrEqual(421);
    expect(answer.startsWith(`${body.slice(0, -1)} `)).toBe(true);
    expect(actions).toEqual({
      default: 'Full answer',
      respond: 'Reply',
      speak: 'Speak reply',
      full: 'Full answer',
    });
    notifier.events.push({ type: 'action', bubble: 'utterance:u1', key: 'full' });
    await waitFor('the full text', () => notifier.last.body === answer);
    expect(notifier.last.timeout).toBe(0);
  });

  it('shortens an answer of many short lines', async () => {
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ state: 'answered', answer: 'a\n'.repeat(40) }),
    });
    expect(notifier.last.body.split('\n').length).toBeLessThanOrEqual(10);
    expect(Object.keys(notifier.last.actions)).toContain('full');
  });

  it('names the history where the server has no buttons', async () => {
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ state: 'answered', answer: longAnswer(300) }),
    });
    expect(notifier.last.withoutButtons).toBe('More: codex-voice history');
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'short' }) });
    expect(notifier.last.withoutButtons).toBeUndefined();
  });

  it('names the history for what no server would take', async () => {
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ state: 'answered', answer: longAnswer(3_000) }),
    });
    notifier.events.push({ type: 'action', bubble: 'utterance:u1', key: 'default' });
    await waitFor('the full text', () => notifier.last.body.length > 3_500);
    expect(notifier.last.body).toMatch(/…\nMore: codex-voice history$/);
  });

  it('opens the whole answer as a private text file, removed at the end', async () => {
    const opener = join(folder.path, 'opener');
    await writeFile(opener, `#!/bin/sh\necho "$1" > '${folder.path}/opened'\n`);
    await chmod(opener, 0o700);
    const own = new FakeNotifier();
    const opening = new Bubbles({ notifier: own, logger, folder: answers(), opener });
    const answer = `\u001b[31m${longAnswer(3_000)}`;
    await opening.learn({
      type: 'ended',
      utterance: utterance({ id: '../../u/2', state: 'answered', answer }),
    });
    own.events.push({ type: 'action', bubble: 'utterance:../../u/2', key: 'full' });
    await waitFor('the button', () => own.last.actions.text === 'Open as text');
    own.events.push({ type: 'action', bubble: 'utterance:../../u/2', key: 'text' });
    const path = await waitFor('the opener', () =>
      readFile(join(folder.path, 'opened'), 'utf8').then(
        (text) => text.trim(),
        () => '',
      ),
    );
    expect(path.startsWith(`${answers()}/`)).toBe(true);
    expect(await readFile(path, 'utf8')).toBe(`${longAnswer(3_000)}\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(answers())).mode & 0o777).toBe(0o700);
    await opening.close();
    await expect(stat(answers())).rejects.toThrow('ENOENT');
  });

  it.each(['/nowhere/opener', '/bin/false'])('says so when %s cannot open it', async (opener) => {
    const own = new FakeNotifier();
    const opening = new Bubbles({ notifier: own, logger, folder: answers(), opener });
    await opening.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'x' }) });
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'text' });
    await waitFor('the news', () => own.last.body.includes('could not be opened'));
    await opening.close();
  });

  it('shows an error with what to do, and what came of the answer', async () => {
    const error = { code: 'turn-failed', message: 'The model said no.', hint: 'Try again.' } as const;
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ state: 'failed', error, answer: 'So far' }),
    });
    expect(notifier.last).toMatchObject({
      title: 'backend · no answer',
      body: 'The model said no.\nTry again.',
      urgency: 'critical',
      actions: { full: 'Answer so far' },
    });
  });

  it('says that an answer was stopped', async () => {
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'interrupted', answer: 'So far' }) });
    expect(notifier.last.body).toBe('So far\nStopped here.');
    await bubbles.learn({ type: 'ended', utterance: utterance({ id: 'u2', state: 'interrupted' }) });
    expect(notifier.last.body).toBe('Stopped before the answer began.');
  });

  it('offers to send again what was cut off, until somebody has seen it', async () => {
    const acts: Action[] = [];
    const own = new FakeNotifier();
    const act = async (action: Action) => void acts.push(action);
    const asking = new Bubbles({ notifier: own, logger, folder: answers(), act });
    const error = { code: 'codex-down', message: 'Codex ended.', hint: 'Send it again.' } as const;
    await asking.learn({
      type: 'ended',
      utterance: utterance({ state: 'interrupted', answer: 'So far', error }),
    });
    expect(own.last).toMatchObject({
      body: 'So far\nStopped here.\nCodex ended.\nSend it again.',
      urgency: 'critical',
      actions: { again: 'Send again' },
    });
    expect(own.last.timeout).toBeUndefined();
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'again' });
    await waitFor('the action', () => acts.length > 0);
    expect(acts).toEqual([{ type: 'queue-send', utterance: 'u1' }]);
    await asking.close();
  });

  it('asks about a prompt that may have been sent, even when its bubble was closed', async () => {
    const acts: Action[] = [];
    let refusal: Error | null = null;
    const own = new FakeNotifier();
    const act = async (action: Action) => {
      acts.push(action);
      if (refusal) throw refusal;
    };
    const asking = new Bubbles({ notifier: own, logger, folder: answers(), act });
    void asking.learn({ type: 'heard', utterance: utterance(), held: false });
    own.events.push({ type: 'closed', bubble: 'utterance:u1', reason: 'dismissed' });
    await new Promise((resolve) => setImmediate(resolve));
    const error = { code: 'prompt-uncertain', message: 'Nobody knows.', hint: 'Look.' } as const;
    void asking.learn({ type: 'uncertain', utterance: utterance({ error }) });
    expect(own.last).toMatchObject({
      title: 'backend · was it sent?',
      body: 'What does the endpoint test do?\nNobody knows.\nLook.',
      urgency: 'critical',
      actions: { again: 'Send again', drop: 'Drop', terminal: 'Open' },
      withoutButtons: 'To send it: codex-voice queue send u1; to drop it: codex-voice queue drop u1',
      timeout: 0,
    });
    const press = async (key: string) => {
      const count = acts.length;
      own.events.push({ type: 'action', bubble: 'utterance:u1', key });
      await waitFor(key, () => acts.length > count);
    };
    await press('terminal');
    await waitFor('the question again', () => own.shown.length === 3);
    expect(own.last.title).toBe('backend · was it sent?');
    await press('drop');
    refusal = new Error('too late');
    await press('again');
    await waitFor('the reason', () => own.last.body.includes('too late'));
    expect(acts).toEqual([
      { type: 'open-terminal', project: 'backend' },
      { type: 'queue-drop', utterance: 'u1' },
      { type: 'queue-send', utterance: 'u1' },
    ]);
    void asking.learn({
      type: 'delta',
      utterance: utterance({ answer: 'It was sent after all' }),
      text: 'It was sent after all',
    });
    await waitFor('the answer', () => own.last.body.startsWith('It was sent'));
    await asking.close();
  });

  it('shows notices beside each other', () => {
    void bubbles.learn({
      type: 'notice',
      notice: { title: 'backend', body: 'The limit is reached.', about: 'backend:limit', stays: true },
    });
    expect(notifier.last).toMatchObject({ urgency: 'critical', timeout: 0 });
    void bubbles.learn({ type: 'notice', notice: { title: 'An update', body: 'It is there.' } });
    expect(notifier.last.timeout).toBeGreaterThan(0);
    expect(notifier.shown.map(({ bubble }) => bubble)).toEqual(['notice:backend:limit', 'notice:']);
  });

  it('keeps what hinders a session on the screen until Codex answers again, each project for itself', () => {
    const message = 'It is reached. It resets at 14:00.';
    const limit = { kind: 'usage-limit', message, hint: 'Wait.' } as const;
    const tell = (project: string, notice: SessionNotice): void =>
      void bubbles.learn({ type: 'session-notice', project, notice });
    tell('backend', limit);
    expect(notifier.last).toMatchObject({ title: 'backend', body: `${message}\nWait.`, timeout: 0 });
    tell('backend', { kind: 'compacted', message: 'Shortened.', hint: '' });
    expect(notifier.last).toMatchObject({ body: 'Shortened.', urgency: 'normal' });
    tell('web', limit);
    expect(notifier.dismissed).toEqual([]);
    tell('backend', { kind: 'recovered', message: 'Codex is answering again.', hint: '' });
    expect(notifier.dismissed).toContain('notice:backend:usage-limit');
    expect(notifier.dismissed.filter((bubble) => !bubble.startsWith('notice:backend:'))).toEqual([]);
    expect(notifier.last.body).toBe('Codex is answering again.');
  });

  it('says something when Codex said nothing', async () => {
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: ' \n' }) });
    expect(notifier.last.body).toBe('Done. Codex returned no text.');
  });

  it.each(['cancelled', 'empty'] as const)('goes quietly when %s', async (state) => {
    expect(await bubbles.learn({ type: 'ended', utterance: utterance({ id: 'u0', state }) })).toBeNull();
    expect(notifier.dismissed).toEqual([]);
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    expect(await bubbles.learn({ type: 'ended', utterance: utterance({ state }) })).toBeNull();
    expect(notifier.dismissed).toEqual(['utterance:u1']);
    expect(notifier.shown.length).toBe(1);
  });

  it('returns null when no server took it', async () => {
    notifier.takes = false;
    expect(
      await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'x' }) }),
    ).toBeNull();
  });

  it('shows trouble once for each code, until it is over', async () => {
    void bubbles.learn({
      type: 'trouble',
      error: { code: 'microphone-missing', message: 'No microphone.', hint: 'Plug one in.' },
    });
    expect(notifier.last).toMatchObject({
      title: 'The microphone does not work',
      body: 'No microphone.\nPlug one in.',
      urgency: 'critical',
    });
    void bubbles.learn({ type: 'cleared', code: 'microphone-missing' });
    expect(notifier.dismissed).toEqual(['trouble:microphone-missing']);
  });

  it('shows that Codex asks until it is decided', async () => {
    const request = pendingRequest({ title: 'Run rm?', detail: 'rm -r build' });
    void bubbles.learn({ type: 'requested', project: 'backend', request: request });
    expect(notifier.last.title).toBe('backend · Run rm?');
    expect(notifier.last.body).toBe('rm -r build\nin /home/me/backend');
    void bubbles.learn({ type: 'resolved', project: 'backend', request: 'r1' });
    void bubbles.learn({ type: 'resolved', project: 'backend', request: 'unknown' });
    expect(notifier.dismissed).toEqual(['request:r1']);
  });

  it('shows nothing when switched off, and again when switched on', async () => {
    mode = false;
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    void bubbles.learn({ type: 'delta', utterance: utterance({ answer: 'x' }), text: 'x' });
    void bubbles.learn({ type: 'trouble', error: { code: 'internal', message: 'm', hint: 'h' } });
    expect(
      await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'x' }) }),
    ).toBeNull();
    expect(notifier.shown).toEqual([]);
    mode = true;
    void bubbles.learn({ type: 'heard', utterance: utterance({ id: 'u2' }), held: false });
    expect(notifier.shown.length).toBe(1);
  });

  it('takes away at the end what would wait for ever', async () => {
    void bubbles.learn({ type: 'heard', utterance: utterance(), held: false });
    await bubbles.learn({
      type: 'ended',
      utterance: utterance({ id: 'u2', state: 'answered', answer: 'x' }),
    });
    void bubbles.learn({ type: 'requested', project: '', request: pendingRequest({ kind: 'question' }) });
    await bubbles.close();
    expect(notifier.dismissed.sort()).toEqual(['request:r1', 'utterance:u1']);
    expect(notifier.closed).toBe(true);
  });

  it('ignores buttons of bubbles it does not know', async () => {
    notifier.events.push({ type: 'action', bubble: 'utterance:nobody', key: 'full' });
    notifier.events.push({ type: 'action', bubble: 'trouble:internal', key: 'full' });
    await bubbles.learn({ type: 'ended', utterance: utterance({ state: 'answered', answer: 'x' }) });
    expect(notifier.shown.length).toBe(1);
  });
});
