import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Reply } from '../../src/reply/reply.ts';
import type { ReplyAction } from '../../src/reply/reply-action.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { FakeNotifier } from './fake-notifier.ts';
import { longAnswer, utterance } from './utterances.ts';

describe('Reply', () => {
  const logger: Logger = pino({ enabled: false });
  let folder: TemporaryFolder;
  let notifier: FakeNotifier;
  let reply: Reply;
  const answers = () => join(folder.path, 'answers');

  beforeEach(async () => {
    folder = await temporaryFolder();
    notifier = new FakeNotifier();
    reply = new Reply({ notifier, logger, folder: answers() });
  });
  afterEach(async () => {
    await reply.close();
    await folder.remove();
  });

  it('shows what was heard, the growing answer and the answer in one bubble', async () => {
    reply.heard(utterance());
    reply.delta(utterance(), 'It checks');
    const taken = await reply.ended(utterance({ state: 'answered', answer: 'It checks the pause.' }));
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

  it('shows from the key press on how loud it is and what is said, and what may still change in italics', async () => {
    const spoken = utterance({ transcript: null, prompt: null, state: 'listening' });
    reply.listening(spoken);
    expect(notifier.last).toMatchObject({ title: 'backend · listening', body: 'Speak now.', passing: true });
    reply.level(spoken, -60);
    reply.level(spoken, -10);
    reply.partial(spoken, 'run the \u001b[31mtests', 8);
    await waitFor('the words', () => notifier.last.body === 'run the tests');
    expect(notifier.last.meter).toEqual({ percent: 100, line: '▁█' });
    expect(notifier.last.rich).toEqual([[{ text: 'run the' }, { text: ' tests', italic: true }]]);
    reply.heard(utterance());
    expect(notifier.last.title).toBe('backend · heard');
    expect(new Set(notifier.shown.map(({ bubble }) => bubble)).size).toBe(1);
  });

  it('the end of an utterance is told to nobody where the notifier breaks, and nothing rejects', async () => {
    notifier.show = () => Promise.reject(new Error('a bug'));
    expect(await reply.ended(utterance({ state: 'answered', answer: 'Yes.' }))).toBeNull();
  });

  it('has no meter for what is read from a file', () => {
    reply.level(utterance({ source: 'file' }), -20);
    expect(notifier.shown).toEqual([]);
  });

  it('shows what Codex does, below what it wrote last', async () => {
    const activity = { kind: 'command', text: 'running npm test' } as const;
    await reply.ended(utterance({ id: 'before', state: 'answered', answer: 'Markdown is loaded now.' }));
    reply.activity(utterance(), activity);
    expect(notifier.last).toMatchObject({
      body: 'running npm test…',
      actions: { interrupt: 'Interrupt', terminal: 'Open' },
      resident: true,
    });
    reply.delta(utterance(), 'I run the **tests');
    await waitFor('the words', () => notifier.last.body === 'I run the tests …');
    const said = utterance({ answer: 'I run the **tests**.' });
    reply.activity(said, activity);
    await waitFor('both', () => notifier.last.body === 'I run the tests.\nrunning npm test…');
    reply.activity(said, { kind: 'writing', text: 'writing' });
    reply.delta(said, `${said.answer}\n\nAll pass`);
    await waitFor('the last message alone', () => notifier.last.body === 'All pass …');
  });

  it('offers what the desktop can do: a field for a reply, the clipboard', async () => {
    const acts: ReplyAction[] = [];
    const copied: string[] = [];
    const own = new FakeNotifier();
    own.state.capabilities.push('inline-reply');
    const able = new Reply({
      notifier: own,
      logger,
      folder: answers(),
      act: async (action) => void acts.push(action),
      copy: () => async (text) => void copied.push(text),
    });
    await able.ended(utterance({ state: 'answered', answer: 'It is `done`.' }));
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
      { type: 'reply', project: 'backend', text: 'and now?' },
      { type: 'open', project: 'backend' },
      { type: 'speak', project: 'backend' },
      { type: 'interrupt', project: 'backend' },
    ]);
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'copy' });
    await waitFor('the news', () => own.last.body.endsWith('Copied.'));
    expect(copied).toEqual(['It is `done`.']);
    await able.close();
  });

  it('disturbs nobody who wants quiet but for what needs the person', async () => {
    reply.setMode('quiet');
    reply.listening(utterance());
    reply.heard(utterance());
    reply.activity(utterance(), { kind: 'thinking', text: 'thinking' });
    reply.delta(utterance(), 'x');
    expect(notifier.shown).toEqual([]);
    await reply.ended(utterance({ state: 'answered', answer: 'x' }));
    expect(notifier.last).toMatchObject({ urgency: 'low', quiet: true });
    reply.requested(pendingRequest({}), 'backend');
    expect(notifier.last.urgency).toBe('critical');
    const error = { code: 'turn-failed', message: 'No.', hint: 'Try again.' } as const;
    await reply.ended(utterance({ state: 'failed', error }));
    expect(notifier.last).toMatchObject({ urgency: 'critical' });
    expect(notifier.last.quiet).toBeUndefined();
    reply.uncertain(utterance({ error }));
    expect(notifier.last.urgency).toBe('critical');
  });

  it('marks an answer that is not finished', () => {
    reply.delta(utterance(), 'It checks');
    expect(notifier.last.body).toBe('It checks …');
  });

  it('shortens a long answer at a word and offers all of it', async () => {
    const answer = longAnswer(300);
    await reply.ended(utterance({ state: 'answered', answer }));
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
    await reply.ended(utterance({ state: 'answered', answer: 'a\n'.repeat(40) }));
    expect(notifier.last.body.split('\n').length).toBeLessThanOrEqual(10);
    expect(Object.keys(notifier.last.actions)).toContain('full');
  });

  it('names the history where the server has no buttons', async () => {
    await reply.ended(utterance({ state: 'answered', answer: longAnswer(300) }));
    expect(notifier.last.withoutButtons).toBe('The rest: codex-voice history');
    await reply.ended(utterance({ state: 'answered', answer: 'short' }));
    expect(notifier.last.withoutButtons).toBeUndefined();
  });

  it('names the history for what no server would take', async () => {
    await reply.ended(utterance({ state: 'answered', answer: longAnswer(3_000) }));
    notifier.events.push({ type: 'action', bubble: 'utterance:u1', key: 'default' });
    await waitFor('the full text', () => notifier.last.body.length > 3_500);
    expect(notifier.last.body).toMatch(/…\nThe rest: codex-voice history$/);
  });

  it('opens the whole answer as a private text file, removed at the end', async () => {
    const opener = join(folder.path, 'opener');
    await writeFile(opener, `#!/bin/sh\necho "$1" > '${folder.path}/opened'\n`);
    await chmod(opener, 0o700);
    const own = new FakeNotifier();
    const opening = new Reply({ notifier: own, logger, folder: answers(), opener });
    const answer = `\u001b[31m${longAnswer(3_000)}`;
    await opening.ended(utterance({ id: '../../u/2', state: 'answered', answer }));
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
    const opening = new Reply({ notifier: own, logger, folder: answers(), opener });
    await opening.ended(utterance({ state: 'answered', answer: 'x' }));
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'text' });
    await waitFor('the news', () => own.last.body.includes('could not be opened'));
    await opening.close();
  });

  it('shows an error with what to do, and what came of the answer', async () => {
    const error = { code: 'turn-failed', message: 'The model said no.', hint: 'Try again.' } as const;
    await reply.ended(utterance({ state: 'failed', error, answer: 'So far' }));
    expect(notifier.last).toMatchObject({
      title: 'backend · no answer',
      body: 'The model said no.\nTry again.',
      urgency: 'critical',
      actions: { full: 'Answer so far' },
    });
  });

  it('says that an answer was stopped', async () => {
    await reply.ended(utterance({ state: 'interrupted', answer: 'So far' }));
    expect(notifier.last.body).toBe('So far\nStopped here.');
    await reply.ended(utterance({ id: 'u2', state: 'interrupted' }));
    expect(notifier.last.body).toBe('Stopped before there was an answer.');
  });

  it('offers to send again what was cut off, until somebody has seen it', async () => {
    const acts: ReplyAction[] = [];
    const own = new FakeNotifier();
    const act = async (action: ReplyAction) => void acts.push(action);
    const asking = new Reply({ notifier: own, logger, folder: answers(), act });
    const error = { code: 'codex-down', message: 'Codex ended.', hint: 'Send it again.' } as const;
    await asking.ended(utterance({ state: 'interrupted', answer: 'So far', error }));
    expect(own.last).toMatchObject({
      body: 'So far\nStopped here.\nCodex ended.\nSend it again.',
      urgency: 'critical',
      actions: { again: 'Send again' },
    });
    expect(own.last.timeout).toBeUndefined();
    own.events.push({ type: 'action', bubble: 'utterance:u1', key: 'again' });
    await waitFor('the action', () => acts.length > 0);
    expect(acts).toEqual([{ type: 'send-again', utterance: 'u1' }]);
    await asking.close();
  });

  it('asks about a prompt that may have been sent, even when its bubble was closed', async () => {
    const acts: ReplyAction[] = [];
    let refusal: Error | null = null;
    const own = new FakeNotifier();
    const act = async (action: ReplyAction) => {
      acts.push(action);
      if (refusal) throw refusal;
    };
    const asking = new Reply({ notifier: own, logger, folder: answers(), act });
    asking.heard(utterance());
    own.events.push({ type: 'closed', bubble: 'utterance:u1', reason: 'dismissed' });
    await new Promise((resolve) => setImmediate(resolve));
    const error = { code: 'prompt-uncertain', message: 'Nobody knows.', hint: 'Look.' } as const;
    asking.uncertain(utterance({ error }));
    expect(own.last).toMatchObject({
      title: 'backend · was it sent?',
      body: 'What does the endpoint test do?\nNobody knows.\nLook.',
      urgency: 'critical',
      actions: { again: 'Send again', drop: 'Drop', terminal: 'Open' },
      withoutButtons: 'To send it: codex-voice queue send u1; else: codex-voice queue drop u1',
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
      { type: 'open', project: 'backend' },
      { type: 'drop', utterance: 'u1' },
      { type: 'send-again', utterance: 'u1' },
    ]);
    asking.delta(utterance(), 'It was sent after all');
    await waitFor('the answer', () => own.last.body.startsWith('It was sent'));
    await asking.close();
  });

  it('shows notices beside each other, and takes away what is over', () => {
    reply.notice({ title: 'backend', body: 'The limit is reached.', about: 'backend:limit', stays: true });
    expect(notifier.last).toMatchObject({ urgency: 'critical', timeout: 0 });
    reply.notice({ title: 'An update', body: 'It is there.' });
    expect(notifier.last.timeout).toBeGreaterThan(0);
    expect(notifier.shown.map(({ bubble }) => bubble)).toEqual(['notice:backend:limit', 'notice:']);
    reply.noticeOver('backend:limit');
    expect(notifier.dismissed).toEqual(['notice:backend:limit']);
  });

  it('says something when Codex said nothing', async () => {
    await reply.ended(utterance({ state: 'answered', answer: ' \n' }));
    expect(notifier.last.body).toBe('Done. Codex had nothing to say.');
  });

  it.each(['cancelled', 'empty'] as const)('goes quietly when %s', async (state) => {
    expect(await reply.ended(utterance({ id: 'u0', state }))).toBeNull();
    expect(notifier.dismissed).toEqual([]);
    reply.heard(utterance());
    expect(await reply.ended(utterance({ state }))).toBeNull();
    expect(notifier.dismissed).toEqual(['utterance:u1']);
    expect(notifier.shown.length).toBe(1);
  });

  it('returns null when no server took it', async () => {
    notifier.takes = false;
    expect(await reply.ended(utterance({ state: 'answered', answer: 'x' }))).toBeNull();
  });

  it('shows trouble once for each code, until it is over', async () => {
    reply.trouble({ code: 'microphone-missing', message: 'No microphone.', hint: 'Plug one in.' });
    expect(notifier.last).toMatchObject({
      title: 'The microphone does not work',
      body: 'No microphone.\nPlug one in.',
      urgency: 'critical',
    });
    reply.recovered('microphone-missing');
    expect(notifier.dismissed).toEqual(['trouble:microphone-missing']);
  });

  it('shows that Codex asks until it is decided', async () => {
    const request = pendingRequest({ title: 'Run rm?', detail: 'rm -r build' });
    reply.requested(request, 'backend');
    expect(notifier.last.title).toBe('backend · Run rm?');
    expect(notifier.last.body).toBe('rm -r build\nin /home/me/backend');
    reply.resolved('r1');
    reply.resolved('unknown');
    expect(notifier.dismissed).toEqual(['request:r1']);
  });

  it('shows nothing when switched off, and again when switched on', async () => {
    reply.setMode(false);
    reply.heard(utterance());
    reply.delta(utterance(), 'x');
    reply.trouble({ code: 'internal', message: 'm', hint: 'h' });
    expect(await reply.ended(utterance({ state: 'answered', answer: 'x' }))).toBeNull();
    expect(notifier.shown).toEqual([]);
    reply.setMode(true);
    reply.heard(utterance({ id: 'u2' }));
    expect(notifier.shown.length).toBe(1);
  });

  it('takes away at the end what would wait for ever', async () => {
    reply.heard(utterance());
    await reply.ended(utterance({ id: 'u2', state: 'answered', answer: 'x' }));
    reply.requested(pendingRequest({ kind: 'question' }), '');
    await reply.close();
    expect(notifier.dismissed.sort()).toEqual(['request:r1', 'utterance:u1']);
    expect(notifier.closed).toBe(true);
  });

  it('ignores buttons of bubbles it does not know', async () => {
    notifier.events.push({ type: 'action', bubble: 'utterance:nobody', key: 'full' });
    notifier.events.push({ type: 'action', bubble: 'trouble:internal', key: 'full' });
    await reply.ended(utterance({ state: 'answered', answer: 'x' }));
    expect(notifier.shown.length).toBe(1);
  });
});
