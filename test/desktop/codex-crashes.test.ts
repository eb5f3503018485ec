import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier } from '../../src/loopback/model.ts';
import type { Utterance } from '../../src/utterance.ts';
import {
  NOBODY_SPEAKS,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
} from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';

const ANSWER = 'one two three four five six seven eight nine ten and that was all of it.';
/** Two seconds of answer: time enough to end something in the middle of it. */
const slowly: Replier = () => ({ kind: 'text', chunks: wordsOf(ANSWER), delayMs: 130 });

/** The process below `parent` whose command line matches. */
async function descendant(parent: number, pattern: RegExp): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parentOf = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat) parents.set(pid, parentOf);
  }
  const below = (pid: number): boolean => {
    const up = parents.get(pid);
    return up === parent || (up !== undefined && up > 1 && below(up));
  };
  for (const pid of pids.filter(below)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (pattern.test(command.replaceAll('\0', ' '))) return pid;
  }
  throw new Error(`no process below ${parent} matches ${pattern}`);
}

describe('what dies while Codex answers', () => {
  let desktop: QuietDesktop;
  let daemon: TestDaemon;
  /** Utterances so far. */
  let count = 0;

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    daemon = await startDaemon(desktop.env, { config: NOBODY_SPEAKS, reply: slowly });
  });
  afterAll(async () => {
    await daemon?.stop();
    await desktop?.stop();
  });

  /** Asks, and waits until the model has the prompt. */
  async function begin(prompt: string): Promise<void> {
    count += 1;
    await daemon.begin(prompt);
    await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === prompt);
  }

  const ended = async (): Promise<Utterance | undefined> => (await daemon.waitForEnd(count))[0];

  it('the Codex terminal: nothing of the answer is lost', async () => {
    await begin('the first');
    process.kill(await descendant(daemon.process.pid, / resume .*--remote /), 'SIGKILL');
    expect(await ended()).toMatchObject({ state: 'answered', error: null, answer: ANSWER });
  });

  it('the Codex app-server: the answer ends there, and the conversation goes on', async () => {
    await begin('the second');
    await waitFor('the first words', () => desktop.notifications.sent.at(-1)?.body.startsWith('one'));
    process.kill(await descendant(daemon.process.pid, / app-server /), 'SIGKILL');
    const cut = await ended();
    expect(cut).toMatchObject({ state: 'interrupted', error: { code: 'codex-down' } });
    expect(ANSWER).toContain((cut?.answer ?? '').trim());
    await begin('the third');
    expect(await ended()).toMatchObject({ state: 'answered', error: null });
    expect(daemon.model.requests.at(-1)?.userTexts).toEqual(
      expect.arrayContaining(['the first', 'the second', 'the third']),
    );
  });

  it('the notification server and its bus: the answer is in the history', async () => {
    await desktop.bus.kill();
    await begin('the fourth');
    const unseen = await ended();
    expect(unseen).toMatchObject({ state: 'answered', error: null, answer: ANSWER });
    expect(unseen?.timings.notify).toBeUndefined();
  });
});
