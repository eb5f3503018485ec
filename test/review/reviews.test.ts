import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Action } from '../../src/actions.ts';
import { Bubbles } from '../../src/bubbles/bubbles.ts';
import { reviewPerformers } from '../../src/daemon/actions/reviews.ts';
import { VoiceError } from '../../src/errors.ts';
import { Bus, type Fact, type Review } from '../../src/facts.ts';
import { reviewPhrase } from '../../src/interpretation/review-phrase.ts';
import { Journal } from '../../src/journal/journal.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import { areCancellable, Reviews } from '../../src/review/reviews.ts';
import { context, said } from '../interpretation/said.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

describe('a prompt before it is sent', () => {
  let journal: Journal;
  let notifier: FakeNotifier;
  let bubbles: Bubbles;
  let reviews: Reviews;
  /** Prompts that were let pass, in order. */
  let sent: string[];
  let events: Review[][];
  let grabs: boolean[];
  let opened: string[];
  /** Editors that came. */
  let arrivals: string[];
  let noTerminal: VoiceError | null;
  let enabled: boolean;
  let mode: boolean;
  let acted: Action[];
  let corrected: Fact[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    journal = Journal.open(join(temporaryFolder(), 'journal.sqlite'), { logger });
    notifier = new FakeNotifier();
    sent = [];
    events = [];
    grabs = [];
    opened = [];
    arrivals = [];
    acted = [];
    corrected = [];
    noTerminal = null;
    enabled = true;
    mode = true;
    bubbles = new Bubbles({
      notifier,
      logger,
      folder: join(temporaryFolder(), 'answers'),
      mode: () => mode,
      act: async (action) => {
        acted.push(action);
        const performers = reviewPerformers(reviews);
        if (action.type === 'review-send') performers[action.type](action);
        if (action.type === 'review-cancel') performers[action.type](action);
        if (action.type === 'review-edit') await performers[action.type](action);
      },
    });
    reviews = newReviews();
  });
  afterEach(async () => {
    reviews.close();
    vi.useRealTimers();
    await bubbles.close();
    journal.close();
  });

  function newReviews(): Reviews {
    const bus = new Bus(logger);
    bus.subscribe('events', (fact) => {
      if (fact.type === 'corrected') corrected.push(fact);
      if (fact.type !== 'reviews') return;
      events.push([...fact.reviews]);
      const grab = areCancellable(fact.reviews);
      if (grab !== (grabs.at(-1) ?? false)) grabs.push(grab);
    });
    bus.subscribe('notifications', (fact) => bubbles.learn(fact));
    return new Reviews({
      enabled: () => enabled,
      seconds: () => 3,
      journal,
      bus,
      deliver: (live) => {
        if (live.record.project === 'gone')
          throw new VoiceError('project-unknown', 'There is none.', 'None.');
        sent.push(live.record.prompt ?? '');
      },
      openEditor: async (id, arrived) => {
        if (noTerminal) throw noTerminal;
        opened.push(id);
        void arrived.then(() => arrivals.push(id));
      },
      logger,
    });
  }

  /** Something is spoken and heard. */
  async function hear(prompt: string, project = 'backend'): Promise<LiveUtterance> {
    const live = LiveUtterance.begin(journal, 'hotkey', project, { rule: 'default' });
    live.stopwatch.mark('textAt');
    expect(reviews.begin(live, { state: 'heard', transcript: `${prompt}.`, prompt })).toBe(true);
    await settle();
    return live;
  }

  /** Resolves true when what was said with the hotkey is about the newest prompt, and does it. */
  async function say(words: string, pressedAt: number | null): Promise<boolean> {
    const meaning = reviewPhrase.interpret(said(words, { pressedAt }), context({ review: reviews.newest }));
    if (meaning?.kind !== 'review') return false;
    const { utterance } = meaning;
    const performers = reviewPerformers(reviews);
    if (meaning.phrase === 'send') performers['review-send']({ type: 'review-send', utterance });
    else if (meaning.phrase === 'cancel') performers['review-cancel']({ type: 'review-cancel', utterance });
    else await performers['review-edit']({ type: 'review-edit', utterance });
    return true;
  }

  const speaks = (now: boolean): void =>
    reviews.learn({ type: 'stage', stage: now ? 'listening' : 'idle', utterance: null });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);
  const titles = () => notifier.shown.map(({ content }) => content.title);
  const states = () => reviews.all.map(({ state }) => state);
  const press = async (live: LiveUtterance, key: string): Promise<void> => {
    notifier.events.push({ type: 'action', bubble: `utterance:${live.id}`, key });
    await settle();
  };

  it('counts down in its bubble and is sent; the bubble goes on with what follows', async () => {
    const live = await hear('run the tests');
    expect(notifier.last).toMatchObject({
      title: 'backend · sent in 3 s',
      body: 'run the tests',
      actions: { send: 'Send', edit: 'Edit', cancel: 'Cancel' },
      reply: expect.any(String),
      timeout: 0,
    });
    expect(grabs).toEqual([true]);
    await seconds(2.9);
    expect(titles()).toEqual([3, 2, 1].map((left) => `backend · sent in ${left} s`));
    // Only the first is worth a second look.
    expect(notifier.shown.map(({ content }) => content.passing)).toEqual([undefined, true, true]);
    expect(sent).toEqual([]);
    await seconds(0.2);
    expect(sent).toEqual(['run the tests']);
    expect(notifier.last.title).toBe('backend · heard');
    expect(new Set(notifier.shown.map(({ bubble }) => bubble))).toEqual(new Set([`utterance:${live.id}`]));
    expect(reviews.all).toEqual([]);
    expect(grabs).toEqual([true, false]);
    expect(live.stopwatch.timings.review).toBe(3_000);
    await seconds(60);
    expect(sent).toHaveLength(1);
  });

  it('counts down again with the corrected text, but not while it is edited', async () => {
    const live = await hear('deploy it with cube');
    await seconds(2);
    const changes = [{ from: 'cube', to: 'kube', at: 15, why: 'correction' as const }];
    expect(reviews.amend(live.id, { prompt: 'deploy it with kube', changes })).toBe(true);
    await settle();
    expect(notifier.last).toMatchObject({ title: 'backend · sent in 3 s', body: 'deploy it with kube' });
    expect(journal.get(live.id)).toMatchObject({ prompt: 'deploy it with kube', changes });
    await seconds(2.9);
    expect(sent).toEqual([]);
    const editor = new AbortController();
    reviews.edit(live.id, editor.signal);
    expect(reviews.amend(live.id, { prompt: 'no', changes })).toBe(false);
    expect(reviews.amend('gone', { prompt: 'no', changes })).toBe(false);
    reviews.send(live.id);
    expect(sent).toEqual(['deploy it with kube']);
  });

  it.each([
    ['deploy it with kube', [{ from: 'cube', to: 'kube', typed: true }]],
    ['deploy it with cube', []],
    ['roll it out', []],
  ])('reports the only word that an editor changed: %s', async (text, changed) => {
    const live = await hear('deploy it with cube');
    reviews.send(live.id, text);
    expect(corrected).toMatchObject(changed);
    expect(corrected).toHaveLength(changed.length);
  });

  it('is in the journal as heard, with a mark until it is sent', async () => {
    const live = await hear('run the tests');
    const marked = () => journal.queue((queue) => queue.inReview(live.id));
    expect(journal.get(live.id)).toMatchObject({ state: 'heard', prompt: 'run the tests' });
    expect(marked()).toBe(true);
    await seconds(3);
    expect(marked()).toBe(false);
  });

  it('that a killed daemon left is shown again by the next one, and one that was let pass is not', async () => {
    const live = await hear('first');
    const passed = await hear('second', 'frontend');
    reviews.send(passed.id);
    reviews.close();
    reviews = newReviews();
    enabled = false; // Even if the settings want no reviews any more: it was not seen to its end.
    const taken = journal.unfinished().map((record) => reviews.takeUp(LiveUtterance.resume(journal, record)));
    expect(taken).toEqual([true, false]);
    await settle();
    expect(notifier.last.title).toBe('backend · sent in 3 s');
    await seconds(3);
    expect(sent).toEqual(['second', 'first']);
    expect(reviews.takeUp(live)).toBe(false);
  });

  it('goes at once with Send', async () => {
    const live = await hear('run the tests');
    await press(live, 'send');
    expect(sent).toEqual(['run the tests']);
  });

  it('is not sent with Cancel; its bubble offers to send it after all', async () => {
    const live = await hear('drop the table');
    await press(live, 'cancel');
    expect(live.record).toMatchObject({ state: 'cancelled', prompt: 'drop the table' });
    expect(notifier.last).toMatchObject({ title: 'backend · not sent', actions: { again: 'Send again' } });
    await seconds(10);
    expect(sent).toEqual([]);
    await press(live, 'again');
    await press(live, 'again');
    expect(acted.filter(({ type }) => type === 'queue-send')).toEqual([
      { type: 'queue-send', utterance: live.id },
    ]);
  });

  it('is replaced by what is typed into the bubble, cleaned; both texts are kept', async () => {
    const live = await hear('run the vests');
    const bubble = `utterance:${live.id}`;
    notifier.events.push({ type: 'reply', bubble, text: '  ' });
    await settle();
    expect(sent).toEqual([]);
    notifier.events.push({ type: 'reply', bubble, text: ' run the\x1b[201~ tests\n' });
    await settle();
    expect(sent).toEqual(['run the[201~ tests']);
    expect(journal.get(live.id)).toMatchObject({
      transcript: 'run the vests.',
      prompt: 'run the[201~ tests',
    });
  });

  it('stands still while the person speaks, and begins anew afterwards', async () => {
    await hear('run the tests');
    await seconds(2);
    speaks(true);
    await settle();
    expect(notifier.last.title).toBe('backend · waits while you speak');
    expect(states()).toEqual(['stopped']);
    await seconds(20);
    expect(sent).toEqual([]);
    speaks(false);
    await seconds(2.9);
    expect(sent).toEqual([]);
    await seconds(0.2);
    expect(sent).toEqual(['run the tests']);
  });

  it('does not wait for the end of its own utterance with another bubble', async () => {
    speaks(true);
    await hear('run the tests');
    speaks(false);
    await settle();
    expect(titles()).toEqual(['backend · sent in 3 s']);
    // But one that comes while the next is being spoken is shown.
    speaks(true);
    await hear('and then this');
    await seconds(0.2);
    expect(titles().at(-1)).toBe('backend · waits while you speak');
  });

  it('is edited: the countdown stops, nothing hides the editor, and a closed window puts it back', async () => {
    const live = await hear('run the vests');
    await press(live, 'edit');
    expect(opened).toEqual([live.id]);
    expect(states()).toEqual(['editing']);
    expect(notifier.dismissed).toEqual([`utterance:${live.id}`]);
    // Escape is the editor's.
    expect(grabs).toEqual([true, false]);
    reviews.cancelKey();
    const window = new AbortController();
    expect(reviews.edit(live.id.slice(0, 6), window.signal)).toMatchObject({ prompt: 'run the vests' });
    expect(() => reviews.edit(live.id, new AbortController().signal)).toThrow(/is already being edited/);
    await seconds(600);
    expect(arrivals).toEqual([live.id]);
    expect(sent).toEqual([]);
    window.abort();
    await settle();
    expect(notifier.last.title).toBe('backend · sent in 3 s');
    const again = new AbortController();
    reviews.edit(live.id, again.signal);
    expect(() => reviews.send(live.id, ' \x1b ')).toThrow(expect.objectContaining({ code: 'prompt-empty' }));
    expect(states()).toEqual(['editing']);
    reviews.send(live.id, 'run the tests');
    again.abort();
    await seconds(10);
    expect(sent).toEqual(['run the tests']);
    expect(grabs).toEqual([true, false, true, false]);
  });

  it('counts on when there is no terminal for the editor, and says why', async () => {
    const live = await hear('run the tests');
    noTerminal = new VoiceError('not-found', 'No terminal program was found.', 'Install one.');
    await press(live, 'edit');
    expect(states()).toEqual(['counting']);
    expect(notifier.shown.map(({ content }) => content.body)).toContain(
      'No terminal program was found.\nInstall one.',
    );
    await seconds(3.1);
    expect(sent).toEqual(['run the tests']);
  });

  it('keeps its place: what was spoken later waits, in its project', async () => {
    const first = await hear('first');
    const second = await hear('second');
    await hear('elsewhere', 'frontend');
    const window = new AbortController();
    reviews.edit(first.id, window.signal);
    await press(second, 'send');
    expect(notifier.shown.findLast(({ bubble }) => bubble.endsWith(second.id))?.content).toMatchObject({
      title: 'backend · sent after the previous prompt',
      actions: { cancel: 'Cancel' },
    });
    await seconds(4);
    expect(sent).toEqual(['elsewhere']);
    expect(states()).toEqual(['editing', 'confirmed']);
    reviews.send(first.id, 'first, edited');
    expect(sent).toEqual(['elsewhere', 'first, edited', 'second']);
  });

  it('lets the next one go when the one before is cancelled', async () => {
    const first = await hear('first');
    reviews.edit(first.id, new AbortController().signal);
    await hear('second');
    await seconds(3.1);
    expect(sent).toEqual([]);
    reviews.cancel(first.id);
    expect(sent).toEqual(['second']);
  });

  it('obeys what is said about the newest, as a whole utterance', async () => {
    await hear('first');
    await hear('second');
    await seconds(1);
    expect(await say('Cancel the build', performance.now())).toBe(false);
    expect(await say('Cancel.', null)).toBe(false);
    expect(await say('No, cancel.', performance.now())).toBe(true);
    expect(reviews.all.map(({ prompt }) => prompt)).toEqual(['first']);
    expect(await say('Send it.', performance.now())).toBe(true);
    expect(sent).toEqual(['first']);
    expect(await say('Send it.', performance.now())).toBe(false);
  });

  it('is not let pass by a "send it" that was begun before it was seen', async () => {
    const before = performance.now();
    await seconds(1);
    await hear('run the tests');
    expect(await say('Send it', before)).toBe(false);
    expect(await say('Edit it', before)).toBe(false);
    expect(sent).toEqual([]);
    expect(await say('Edit it', performance.now())).toBe(true);
    expect(opened).toHaveLength(1);
  });

  it('is cancelled by the key: the newest first', async () => {
    await hear('first');
    await hear('second');
    reviews.cancelKey();
    expect(reviews.all.map(({ prompt }) => prompt)).toEqual(['first']);
    reviews.cancelKey();
    reviews.cancelKey();
    expect(reviews.all).toEqual([]);
    expect(grabs).toEqual([true, false]);
    await seconds(10);
    expect(sent).toEqual([]);
  });

  it('is not sent unseen: without a notification server it waits until there is one', async () => {
    notifier.takes = false;
    await hear('run the tests');
    await seconds(30);
    expect(sent).toEqual([]);
    expect(states()).toEqual(['unseen']);
    notifier.takes = true;
    await seconds(2);
    expect(states()).toEqual(['counting']);
    await seconds(3);
    expect(sent).toEqual(['run the tests']);
  });

  it('counts on behind a bubble that was closed, and does not come back each second', async () => {
    const live = await hear('run the tests');
    notifier.events.push({ type: 'closed', bubble: `utterance:${live.id}`, reason: 'dismissed' });
    await settle();
    const shown = notifier.shown.length;
    await seconds(2.5);
    expect(notifier.shown).toHaveLength(shown);
    await seconds(1);
    expect(sent).toEqual(['run the tests']);
  });

  it('shows its bubble although notifications of replies are off, and takes it away then', async () => {
    mode = false;
    const live = await hear('run the tests');
    expect(notifier.shown).toHaveLength(1);
    await seconds(3.1);
    expect(notifier.dismissed).toEqual([`utterance:${live.id}`]);
  });

  it('whose project is gone fails, and says so', async () => {
    const live = await hear('run the tests', 'gone');
    await seconds(3.1);
    expect(live.record).toMatchObject({ state: 'failed', error: { code: 'project-unknown' } });
  });

  it('is told to those who listen, with what is left', async () => {
    const live = await hear('run the tests');
    expect(events.at(-1)).toEqual([
      expect.objectContaining({ id: live.id, state: 'counting', left_s: 3, transcript: 'run the tests.' }),
    ]);
    expect(() => reviews.send('nobody')).toThrow(expect.objectContaining({ code: 'not-found' }));
    reviews.send();
    expect(events.at(-1)).toEqual([]);
    expect(() => reviews.cancel()).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('is none where it is switched off, or the sound came from a file', () => {
    const of = (source: 'hotkey' | 'file') => LiveUtterance.begin(journal, source, 'backend');
    expect(reviews.begin(of('file'), { state: 'heard', prompt: 'x' })).toBe(false);
    enabled = false;
    expect(reviews.begin(of('hotkey'), { state: 'heard', prompt: 'x' })).toBe(false);
    expect(reviews.all).toEqual([]);
  });

  it('a journal that fails when the countdown is over ends neither the daemon nor the next prompt', async () => {
    await hear('first');
    journal.close();
    // What a timer throws would fail the run of the tests.
    await seconds(4);
    expect(sent).toEqual([]);
    expect(states()).toEqual([]);
  });
});
