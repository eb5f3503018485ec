import type { ControlEvent } from '../../control/events.ts';
import type { ProjectStatus, Results } from '../../control/results.ts';
import type { Utterance } from '../../control/shapes.ts';
import type { DaemonStatus } from '../../control/status.ts';
import type { ErrorReport } from '../../errors.ts';
import type { Look } from '../painting/cells.ts';
import type { Field, Link, SessionList, Size, State } from '../state.ts';
import type { Edit } from './edited-text.ts';
import type { Command } from './keys.ts';

/** Everything that changes the screen. `now`: epoch, ms. */
export type Action =
  | { type: 'event'; event: ControlEvent; now: number }
  | { type: 'size'; size: Size }
  | { type: 'link'; link: Link }
  | { type: 'command'; command: Command; now: number }
  | { type: 'edit'; edit: Edit }
  | { type: 'field'; field: Field | null }
  /** The prompt was sent: its draft is removed. */
  | { type: 'sent' }
  /** It was refused: it becomes the draft again, unless there is a new one. */
  | { type: 'refused'; text: string }
  | { type: 'status'; status: DaemonStatus; now: number }
  | { type: 'projects'; projects: readonly ProjectStatus[] }
  | { type: 'newest'; utterances: readonly Utterance[]; limit: number }
  | { type: 'older'; query: string; utterances: readonly Utterance[] | null; limit: number }
  | { type: 'found'; query: string; utterances: readonly Utterance[]; limit: number }
  | { type: 'loading-older' }
  /** `follow`: the entry on which the cursor stays. */
  | { type: 'queue'; queue: State['queue']; follow?: string }
  /** null: the search ends. */
  | { type: 'search'; query: string | null }
  | { type: 'sessions'; list: SessionList }
  | { type: 'stats'; stats: Results['stats'] }
  | { type: 'config'; config: Results['config']; problem?: ErrorReport | null }
  | { type: 'config-problem'; problem: ErrorReport | null }
  | { type: 'answered'; question: string; answer: readonly string[] }
  | { type: 'marked'; marked: readonly string[] }
  /** The answers do not fit: starts again at the first question. */
  | { type: 'unanswered' }
  | { type: 'notice'; text: string; look?: Look; hint?: string; now: number }
  | { type: 'failed'; error: ErrorReport; now: number }
  | { type: 'tick'; now: number };
