import { type Desktop, startDaemon } from '../../support/desktop.ts';
import type { SentNotification } from '../../support/notification-recorder.ts';
import { run, waitFor } from '../../support/process.ts';
import { atLength } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';
import { Observer } from '../observer.ts';

/** Answers that stream into a bubble; one takes four seconds, in which it is updated some twenty times. */
const ANSWERS = 3;

/** A bubble and its updates, until the notification server (dunst) has taken each. */
export async function notification({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  await using daemon = await startDaemon(desktop.env, { reply: atLength, env: { CODEX_VOICE_LOG: 'info' } });
  using observer = await Observer.of(daemon);
  const { notifications } = desktop;
  await notifications.caughtUp();
  const earlier = notifications.sent.length;
  const notify: number[] = [];
  for (let round = 1; round <= ANSWERS; round++) {
    const asked = performance.now();
    await observer.client.request('ask', { text: `Prompt ${round}`, wait: true, source: 'cli' });
    await observer.settled(asked);
    const { payload } = await observer.next('timings', asked);
    if (payload.timings.notify !== undefined) notify.push(payload.timings.notify);
    progress(`answer ${round} of ${ANSWERS}`);
  }
  const cues = await listeningCues(desktop, observer, repeat);
  await notifications.caughtUp();
  const sent = notifications.sent.slice(earlier);
  const first = sent.filter(({ replaces }) => replaces === 0).map(taken);
  const updates = sent.filter(({ replaces }) => replaces !== 0).map(taken);
  const spawned: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    const started = performance.now();
    await run('notify-send', ['--replace-id=4711', 'bench', `update ${round}`], { env: desktop.env });
    spawned.push(performance.now() - started);
  }
  return {
    figures: [
      figure('new bubble, sent -> taken', 'ms', first),
      figure('update of a bubble, sent -> taken', 'ms', updates, { baseline: spawned, aim: 10 }),
      figure('key -> the bubble says that it listens', 'ms', cues, { aim: 100 }),
      figure('timing notify (the last update)', 'ms', notify),
    ],
    notes: [
      `${ANSWERS} answers of 40 words in 4 s; sent and taken as a monitor of the bus sees call and reply`,
      'key: from the start of xdotool, which takes some milliseconds itself, until the server has taken the bubble',
      `first bubble of this daemon: ${first[0]?.toFixed(1)} ms`,
      'baseline, afterwards: notify-send with a replaced id, spawned -> ended',
    ],
  };
}

/** The key pressed, until the notification server has the bubble; Escape takes it back each time. */
async function listeningCues(
  { x, notifications }: Desktop,
  observer: Observer,
  repeat: number,
): Promise<number[]> {
  const cues: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    const earlier = notifications.sent.length;
    const pressed = performance.now();
    await x.xdotool('key', 'ctrl+alt+space');
    const bubble = await waitFor('the bubble', () =>
      notifications.sent
        .slice(earlier)
        .find(({ summary, answeredAt }) => summary.endsWith('listening') && answeredAt !== null),
    );
    cues.push((bubble.answeredAt ?? Number.NaN) - pressed);
    await x.xdotool('key', 'Escape');
    await observer.next('stage', pressed, ({ stage }) => stage === 'idle');
  }
  return cues;
}

function taken({ at, answeredAt, summary }: SentNotification): number {
  if (answeredAt === null) throw new Error(`the server did not answer: ${summary}`);
  return answeredAt - at;
}
