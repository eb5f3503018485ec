import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../src/actions.ts';
import type { PendingRequest } from '../../src/agent/requests.ts';
import { RequestBubbles } from '../../src/bubbles/request-bubbles.ts';
import { VoiceError } from '../../src/errors.ts';
import type { NotifierEvent } from '../../src/notifications/notification.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

describe('the bubble of a request', () => {
  let notifier: FakeNotifier;
  let acts: Action[];
  let refusal: VoiceError | null;
  let bubbles: RequestBubbles;

  beforeEach(() => {
    notifier = new FakeNotifier();
    acts = [];
    refusal = null;
    const act = async (action: Action): Promise<void> => {
      acts.push(action);
      if (refusal) throw refusal;
    };
    bubbles = new RequestBubbles(notifier, act, pino({ level: 'silent' }));
  });

  it('lets dangers stand out, and shows what would be run in the letters of code', () => {
    show({ dangers: ['deletes files'], detail: 'npm test\n  --all', reason: 'To be sure' });
    expect(notifier.last.rich).toEqual([
      [{ text: 'Careful: deletes files.', bold: true }],
      [{ text: '\u00a0npm test', code: true }],
      [{ text: '\u00a0\u00a0\u00a0--all', code: true }],
      [{ text: 'in /home/me/backend' }],
      [{ text: '“To be sure”' }],
    ]);
  });

  it('offers no buttons where several options may be chosen, and says what else a form takes', () => {
    const options = ['Red', 'Green'].map((label) => ({ label, description: '' }));
    const question = {
      id: 'q',
      header: '',
      text: 'Which?',
      options,
      free: false,
      secret: false,
      multiple: true,
    };
    show({
      kind: 'elicitation',
      detail: 'Which? (choose 1 to 2)',
      questions: [question],
      decisions: ['deny'],
    });
    expect(notifier.last.actions).toEqual({ deny: 'Deny', open: 'Open' });
    expect(notifier.last.body).toContain('Which? (choose 1 to 2)');
    expect(notifier.last.body).toContain('To answer: codex-voice answer r1 ONE,OTHER');
  });

  function show(over: Partial<PendingRequest> = {}): void {
    bubbles.show(pendingRequest(over), 'backend');
  }

  const press = (key: string, id = 'r1') => happens({ type: 'action', bubble: `request:${id}`, key });

  async function happens(event: NotifierEvent): Promise<void> {
    const before = acts.length + notifier.shown.length;
    expect(bubbles.handle(event)).toBe(true);
    await waitFor('something', () => acts.length + notifier.shown.length > before);
  }

  it('shows the command, its reason, folder and dangers, and stays', () => {
    show({ reason: 'To be sure', dangers: ['deletes files'] });
    expect(notifier.last).toMatchObject({
      title: 'backend · Run a command?',
      body: 'Careful: deletes files.\nnpm test\nin /home/me/backend\n“To be sure”',
      urgency: 'critical',
      timeout: 0,
      actions: { approve: 'Approve', 'approve-session': 'Approve for session', deny: 'Deny', open: 'Open' },
      withoutButtons: 'To decide: codex-voice approve r1, or deny r1',
    });
  });

  it('answers exactly what it showed', async () => {
    show();
    await press('approve-session');
    expect(acts).toEqual([
      { type: 'answer', request: 'r1', hash: 'h1', answer: { decision: 'approve-session' } },
    ]);
  });

  it('has the options of a question as buttons', async () => {
    const options = ['Blue', 'Red'].map((label) => ({ label, description: '' }));
    const question = { id: 'q', header: 'Colour', text: 'Which?', options, free: true, secret: false };
    show({ kind: 'question', decisions: [], questions: [question] });
    expect(notifier.last.actions).toEqual({ 'option-0': 'Blue', 'option-1': 'Red', open: 'Open' });
    await press('option-1');
    expect(acts).toEqual([
      { type: 'answer', request: 'r1', hash: 'h1', answer: { answers: { q: ['Red'] } } },
    ]);
  });

  it.each([
    ['a secret', { secret: true }],
    [
      'many options',
      { options: Array.from({ length: 9 }, (_, at) => ({ label: `${at}`, description: '' })) },
    ],
  ])('has no buttons for %s', async (_name, over) => {
    const question = { id: 'q', header: '', text: '', options: [], free: true, secret: false, ...over };
    show({ kind: 'question', decisions: [], questions: [question] });
    expect(notifier.last.actions).toEqual({ open: 'Open' });
    expect(notifier.last.body).toMatch(/\nTo answer: codex-voice (attach|answer r1 TEXT)$/);
    expect(notifier.last.withoutButtons).toBeUndefined();
    acts = [];
    await press('option-0');
    expect(acts).toEqual([]);
  });

  it('takes a text of its own into a field, but never a secret', async () => {
    const question = { id: 'q', header: '', text: 'Which?', options: [], free: true, secret: false };
    show({ kind: 'question', decisions: [], questions: [question] });
    expect(notifier.last.reply).toBe('Answer');
    await happens({ type: 'reply', bubble: 'request:r1', text: 'the third' });
    expect(acts).toEqual([
      { type: 'answer', request: 'r1', hash: 'h1', answer: { answers: { q: ['the third'] } } },
    ]);
    acts = [];
    await happens({ type: 'reply', bubble: 'request:r1', text: '  ' });
    show({ kind: 'question', decisions: [], questions: [{ ...question, secret: true }] });
    expect(notifier.last.reply).toBeUndefined();
    await happens({ type: 'reply', bubble: 'request:r1', text: 'hunter2' });
    expect(acts).toEqual([]);
  });

  it('says how several questions are answered', () => {
    const question = { id: 'a', header: '', text: 'One?', options: [], free: true, secret: false };
    show({ kind: 'question', decisions: [], questions: [question, { ...question, id: 'b' }] });
    expect(notifier.last.body).toContain('To answer: codex-voice answer r1 --question a=TEXT ...');
    expect(notifier.last.reply).toBeUndefined();
  });

  it('shows all of a long diff when asked to', async () => {
    const detail = Array.from({ length: 60 }, (_, line) => `+line ${line}`).join('\n');
    show({ kind: 'file-change', detail });
    expect(notifier.last.body).toMatch(/\+line 9…\n… and 50 more lines\nin /);
    expect(notifier.last.actions.details).toBe('Show all');
    await press('details');
    expect(notifier.last.body).toContain('line 59');
    expect(notifier.last.actions.approve).toBe('Approve');
    expect(notifier.last.actions.details).toBeUndefined();
    bubbles.remind('r1');
    expect(notifier.last.body).toContain('line 59');
  });

  it('shows what is dangerous about a diff that no bubble can hold, and where the rest is', async () => {
    show({
      kind: 'file-change',
      detail: '+x\n'.repeat(5_000),
      dangers: ['deletes files'],
      reason: 'y'.repeat(900),
    });
    await press('details');
    const { body } = notifier.last;
    expect(body.length).toBeLessThan(4_000);
    expect(body).toMatch(/^Careful: deletes files\.\n/);
    expect(body).toMatch(/\n… and \d+ more lines\n/);
    expect(body).toContain('\nMore: Open, or codex-voice status\nin /home/me/backend\n“yyy');
  });

  it('does nothing for a stale press, and says so: 200 tries', async () => {
    show();
    bubbles.resolved('r1');
    expect(notifier.dismissed).toEqual(['request:r1']);
    for (let count = 0; count < 200; count += 1) {
      await press(
        ['approve', 'approve-session', 'deny', 'option-0'][count % 4] ?? '',
        count % 2 ? 'r1' : 'r9',
      );
    }
    expect(acts).toEqual([]);
    expect(notifier.last).toMatchObject({ title: 'Nothing was decided' });
  });

  it('says why an answer was not taken', async () => {
    refusal = new VoiceError('request-changed', 'It is another now.', 'Look again.');
    show();
    await press('approve');
    await waitFor('both bubbles', () => notifier.shown.length === 3);
    expect(notifier.shown.map(({ content }) => content.title).slice(1)).toEqual([
      'Nothing was decided',
      'backend · Run a command?', // the press took it off the screen, and it still waits
    ]);
    expect(notifier.shown[1]?.content.body).toBe('It is another now.\nLook again.');
  });

  it('opens the terminal, and stays on the screen', async () => {
    show();
    await happens({ type: 'action', bubble: 'request:r1', key: 'open', activation: 'token' });
    expect(acts).toEqual([{ type: 'open-terminal', project: 'backend', activation: 'token' }]);
    await waitFor('the bubble', () => notifier.shown.length === 2);
    expect(notifier.last.title).toBe('backend · Run a command?');
  });

  it('leaves other bubbles alone', () => {
    expect(bubbles.handle({ type: 'action', bubble: 'utterance:u', key: 'approve' })).toBe(false);
  });
});
