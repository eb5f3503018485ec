import type { Projects } from '../delivery/projects.ts';
import type { ErrorReport } from '../errors.ts';
import type { StageName } from '../facts.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import type { Microphone } from '../microphone/microphone.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import type { TrayFacts } from '../tray/view.ts';
import { partFailed } from '../wording/notices.ts';

export type TrayProjects = Pick<Projects, 'all' | 'current' | 'chosen' | 'status' | 'pending' | 'deliveries'>;

/** The current state of listening. */
export interface ListeningState {
  stage: StageName;
  hotkey: HotkeyState;
  microphone: Microphone['state'];
  transcriber: Transcriber['state'];
}

/** Collects what the tray shows. @param failure why the newest utterance failed; null: it did not */
export function trayFacts(
  projects: TrayProjects,
  listening: ListeningState,
  answers: TrayFacts['answers'],
  failure: ErrorReport | null,
): TrayFacts {
  const { stage, hotkey } = listening;
  return {
    stage,
    key: hotkey.state === 'grabbed' ? (hotkey.keys[0] ?? null) : null,
    projects: projects.all.map(({ name }) => ({
      name,
      current: name === projects.current.name,
      chosen: name === projects.chosen,
      session: projects.status(name).state,
    })),
    pending: projects.pending,
    queued: projects.deliveries.flatMap(({ entries }) => entries).length,
    answers,
    trouble: troubleOf(projects, listening) ?? failure,
  };
}

/** The error that keeps the user from speaking or from getting answers. */
function troubleOf(
  projects: TrayProjects,
  { hotkey, transcriber, microphone }: ListeningState,
): ErrorReport | null {
  const session = projects.status(projects.current.name);
  if (session.state === 'down' && session.reason) return session.reason;
  // A missing display is not an error here: the tray needs one to be seen.
  if (hotkey.reason?.code === 'hotkey-taken') return hotkey.reason;
  if (transcriber.state === 'failed') return partFailed.transcriber;
  return microphone.state === 'failed' ? partFailed.microphone : null;
}
