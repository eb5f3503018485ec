import { startDaemon } from '../../support/desktop.ts';
import { briefly } from '../answers.ts';
import { CodexExec } from '../codex-exec.ts';
import type { BenchContext } from '../context.ts';
import { figure, type SectionReport } from '../figures.ts';
import { Observer } from '../observer.ts';

/** Short prompts typed into the hidden Codex, until it reports them and until they are at the model. */
export async function text({ desktop, repeat, progress }: BenchContext): Promise<SectionReport> {
  await using daemon = await startDaemon(desktop.env, { reply: briefly, env: { CODEX_VOICE_LOG: 'info' } });
  using observer = await Observer.of(daemon);
  await using exec = await CodexExec.prepare();
  const delivery: number[] = [];
  const toModel: number[] = [];
  const spawned: number[] = [];
  for (let round = 1; round <= repeat; round++) {
    const prompt = `What does test number ${round} say?`;
    const asked = performance.now();
    const { utterance } = await observer.client.request('ask', { text: prompt, wait: true, source: 'cli' });
    const request = await observer.request(asked);
    if (utterance?.timings.delivery === undefined) throw new Error(`not delivered: ${utterance?.state}`);
    await observer.settled(asked);
    delivery.push(utterance.timings.delivery);
    toModel.push(request.at - asked);
    const compared = await exec.prompt(prompt);
    spawned.push(compared.request - compared.spawned);
    progress(
      `${round}: accepted ${utterance.timings.delivery} ms, codex exec ${spawned.at(-1)?.toFixed(0)} ms`,
    );
  }
  return {
    figures: [
      figure('text -> accepted (timing delivery)', 'ms', delivery, { baseline: spawned, aim: 100 }),
      figure('text -> request at the model', 'ms', toModel, { baseline: spawned }),
    ],
    notes: [
      'baseline, prompt by prompt in turn: codex exec spawned -> request at the model',
      'ours from the request on the control socket; both homes were warm',
    ],
  };
}
