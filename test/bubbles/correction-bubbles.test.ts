import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import type { Action } from '../../src/actions.ts';
import { CorrectionBubbles } from '../../src/bubbles/correction-bubbles.ts';
import { VoiceError } from '../../src/errors.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { waitFor } from '../support/process.ts';
import { utterance } from './utterances.ts';

let notifier: FakeNotifier;
let acted: Action[];
let bubbles: CorrectionBubbles;
let failure: VoiceError | null;

beforeEach(() => {
  notifier = new FakeNotifier();
  [acted, failure] = [[], null];
  bubbles = new CorrectionBubbles({
    notifier,
    act: async (action) => {
      if (failure) throw failure;
      acted.push(action);
    },
    memorable: (text) => (text.startsWith('ku') ? text : null),
    dress: (bubble) => bubble,
    logger: pino({ level: 'silent' }),
  });
});

const show = (to: string, typed = false): void =>
  bubbles.show({ type: 'corrected', utterance: utterance(), from: 'cube control', to, typed });
const press = (): boolean => bubbles.handle({ type: 'action', bubble: 'correction', key: 'remember' });

test('shows what was changed, and remembers the word when the user presses the button, once', async () => {
  show('kubectl');
  expect(notifier.last).toMatchObject({
    title: 'backend · corrected',
    body: '“kubectl” instead of “cube control”.',
    actions: { remember: 'Remember kubectl' },
  });
  expect(press()).toBe(true);
  await waitFor('the word', () => notifier.last.body === '“kubectl” is now in your vocabulary.');
  expect(acted).toEqual([{ type: 'remember-word', word: 'kubectl' }]);
  expect(notifier.last.actions).toEqual({});
  press();
  expect(acted).toHaveLength(1);
});

test('has no button for plain English', () => {
  show('queue');
  expect(notifier.last.actions).toEqual({});
  press();
  expect(acted).toEqual([]);
});

test('shows a typed change only for its button', () => {
  show('queue', true);
  expect(notifier.shown).toEqual([]);
  show('kube', true);
  expect(notifier.last.actions).toEqual({ remember: 'Remember kube' });
});

test('shows why a word could not be remembered', async () => {
  failure = new VoiceError('usage', 'The list is full.', 'Remove words.');
  show('kube');
  press();
  await waitFor('the reason', () => notifier.last.body === 'The list is full.\nRemove words.');
});

test('leaves other notifications alone', () => {
  expect(bubbles.handle({ type: 'action', bubble: 'utterance:u1', key: 'remember' })).toBe(false);
});
