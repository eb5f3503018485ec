import { cleanPrompt } from '../codex/tui/paste.ts';
import type { Source } from '../utterance.ts';
import { LiveUtterance } from './live-utterance.ts';
import type { Parts } from './parts.ts';
import type { Destination } from './routing.ts';

/** A typed prompt goes into the same queue as a spoken one. @throws VoiceError prompt-empty, prompt-too-long */
export function typedPrompt(
  { journal, projects, bus }: Pick<Parts, 'journal' | 'projects' | 'bus'>,
  text: string,
  source: Source,
  { project, rule }: Destination,
): LiveUtterance {
  const prompt = cleanPrompt(text);
  const live = LiveUtterance.begin(journal, source, project, { state: 'heard', rule, prompt });
  live.stopwatch.mark('textAt');
  bus.publish({ type: 'heard', utterance: live.record, held: false });
  projects.delivery(project).enqueue(live);
  return live;
}
