import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { performWith } from '../../src/actions.ts';
import type { AgentSession } from '../../src/agent/session.ts';
import { RequestBubbles } from '../../src/bubbles/request-bubbles.ts';
import type { UserRequest } from '../../src/codex/protocol.ts';
import { PendingRequests } from '../../src/codex/requests/pending-requests.ts';
import { type AskingProjects, requestPerformers } from '../../src/daemon/actions/requests.ts';
import { FakeNotifier } from '../notifications/fake-notifier.ts';
import { waitFor } from '../support/process.ts';
import { newRights } from '../support/rights.ts';

const context = { directory: '/src/backend', changesOf: () => null };
const BUTTONS = ['approve', 'approve-session', 'deny'];

function command(text: string): UserRequest {
  return {
    id: 7,
    method: 'item/commandExecution/requestApproval',
    params: { threadId: 't', command: text, cwd: '/src/backend' },
  };
}

/** From the button to the line that Codex would read; `sent` is what it reads. */
function bench() {
  const requests = new PendingRequests();
  const sent: unknown[] = [];
  const session: Pick<AgentSession, 'answer'> = {
    answer: async (id, hash, answer) =>
      requests.answer(id, hash, answer, (codexId, result) => sent.push({ codexId, result })),
  };
  const projects: AskingProjects = {
    get pending() {
      return requests.all.map((request) => ({ ...request, project: 'backend' }));
    },
    running: () => session,
  };
  const perform = performWith(requestPerformers(projects), newRights().judge);
  const notifier = new FakeNotifier();
  const bubbles = new RequestBubbles(
    notifier,
    async (action) => {
      if (action.type !== 'answer') throw new Error('only answers are tested here');
      await perform(action, 'bubble');
    },
    pino({ level: 'silent' }),
  );
  const show = (text: string): string => {
    const news = requests.add(command(text), context);
    if (!news) throw new Error('it is known already');
    bubbles.show(news.added, 'backend');
    return news.added.id;
  };
  const press = (id: string, count: number) =>
    bubbles.handle({ type: 'action', bubble: `request:${id}`, key: BUTTONS[count % 3] ?? '' });
  const refusals = () => notifier.shown.filter(({ bubble }) => bubble === 'not-decided').length;
  return { requests, sent, bubbles, show, press, refusals };
}

describe('a press on a bubble that is out of date', () => {
  it('decides nothing and says so: 0 of 200 tries, whatever made it stale', async () => {
    const { requests, sent, bubbles, show, press, refusals } = bench();
    for (let count = 0; count < 200; count += 1) {
      const old = show(`npm run test-${count}`);
      switch (count % 4) {
        // Resolved, and the bubble does not know yet.
        case 0:
          requests.resolve(7);
          break;
        // Resolved, and the press was on its way.
        case 1:
          requests.resolve(7);
          bubbles.resolved(old);
          break;
        // Another command under the same id of Codex.
        case 2:
          requests.add(command(`rm -rf /${count}`), context);
          break;
        // All are gone: the server died.
        case 3:
          requests.clear();
          break;
      }
      press(old, count);
      await waitFor('the reason', () => refusals() === count + 1);
      requests.clear();
    }
    expect(sent).toEqual([]);
  });

  it('and on one that is not acts once, however often it is pressed', async () => {
    const { sent, show, press, refusals } = bench();
    const id = show('npm test');
    press(id, 0);
    press(id, 2);
    await waitFor('the reason', () => refusals() === 1);
    expect(sent).toEqual([{ codexId: 7, result: { decision: 'accept' } }]);
  });
});
