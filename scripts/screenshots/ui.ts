import { startDaemon } from '../../test/support/desktop.ts';
import { clip } from '../../test/support/speech.ts';
import { areaOf, dunstStage, inTerminal, pause, scripted, take } from './stage.ts';

/** `codex-voice ui`: the conversation, the timings of one utterance, a request. */
export async function ui(): Promise<void> {
  await using desktop = await dunstStage();
  const { env, x, audio } = desktop;
  await using daemon = await startDaemon(env, {
    reply: scripted,
    codexSettings: 'approval_policy = "on-request"',
    config: '[reply]\nnotify = false\n',
  });
  await daemon.cli('ask', 'What was wrong with the totals?');
  const terminal = await inTerminal(x, daemon.env, '96x30+20+20', 'ui');
  await pause(2_500);
  const shot = async (name: string): Promise<void> => {
    await pause(900);
    await take(x, name, await areaOf(x, 'xterm', 12));
  };
  await shot('ui');
  await x.xdotool('key', 'ctrl+alt+space');
  await audio.play(clip('sb-spk1_snt2').path);
  await daemon.waitForEnd(2);
  await x.xdotool('key', '5');
  await shot('ui-timings');
  await daemon.cli('ask', '--no-wait', 'Clean up and install again');
  await pause(2_000);
  await x.xdotool('key', '2');
  await shot('ui-request');
  await daemon.cli('deny');
  await terminal.stop();
}
