import type { Performers } from '../../actions.ts';
import { cleanPrompt } from '../../agent/prompt.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import { VoiceError } from '../../errors.ts';
import type { Publisher } from '../../facts.ts';
import type { Journal } from '../../journal/journal.ts';
import { LiveUtterance, type UtterancePatch } from '../../journal/live-utterance.ts';
import type { Reviews } from '../../review/reviews.ts';
import type { Utterance } from '../../utterance.ts';
import { replacing, replacingLead } from '../../wording/replacing.ts';

export interface CorrectionParts {
  journal: Journal;
  bus: Publisher;
  reviews: Pick<Reviews, 'all' | 'amend' | 'cancel'>;
  projects: {
    readonly deliveries: readonly Pick<Delivery, 'entries' | 'takeBack'>[];
    /** @throws VoiceError project-unknown */
    delivery(project: string): Pick<Delivery, 'amend' | 'replace' | 'resume'>;
  };
  /** The user's own vocabulary. */
  words: { remember(word: string): Promise<void> };
}

/** Actions that correct spoken prompts. */
export function correctionPerformers(
  parts: CorrectionParts,
): Pick<Performers, 'correct' | 'take-back' | 'remember-word'> {
  const { reviews, projects, words } = parts;
  return {
    correct: (action) => correct(parts, action),
    'take-back': ({ utterance: id }) => {
      if (reviews.all.some((review) => review.id === id)) reviews.cancel(id);
      else {
        const delivery = projects.deliveries.find(({ entries }) => entries.some((entry) => entry.id === id));
        if (!delivery) throw notFound(id);
        delivery.takeBack(id);
      }
    },
    'remember-word': ({ word }) => words.remember(word),
  };
}

type Correct = Parameters<Performers['correct']>[0];

/** @throws VoiceError not-found, project-unknown, prompt-empty, prompt-too-long, journal-failed */
function correct(parts: CorrectionParts, { utterance: id, text, change, by }: Correct): void {
  const { journal, bus, reviews, projects } = parts;
  const record = journal.get(id);
  if (!record) throw notFound(id);
  const delivery = projects.delivery(record.project);
  // In one commit, so that after a crash the correction is not heard again as a prompt.
  const settle = (): void => journal.update(by, { state: 'cancelled' });
  const patch = corrected(record, cleanPrompt(text), change);
  let changed = false;
  journal.together(() => {
    changed = reviews.amend(id, patch) || delivery.amend(id, patch);
    if (changed) settle();
  });
  const { from, to } = change;
  if (changed) {
    bus.publish({ type: 'corrected', utterance: { ...record, ...patch }, from, to, typed: false });
    return;
  }
  const live = delivery.replace(id, () => {
    settle();
    const { source, project, rule, transcript, confidence } = record;
    return LiveUtterance.begin(journal, source, project, {
      ...{ state: 'heard', rule, transcript, confidence, changes: patch.changes },
      prompt: replacing(cleanPrompt(text)),
    });
  });
  live.stopwatch.mark('textAt');
  bus.publish({ type: 'heard', utterance: live.record, held: false });
  bus.publish({ type: 'corrected', utterance: live.record, from, to, typed: false });
  delivery.resume();
}

/** The corrected text and its changes. A prompt that replaces another one still says so. */
function corrected(
  { prompt, changes }: Utterance,
  text: string,
  change: Correct['change'],
): Required<Pick<UtterancePatch, 'prompt' | 'changes'>> {
  const lead = replacingLead(prompt ?? '');
  return {
    prompt: lead > 0 ? replacing(text) : text,
    changes: [...(changes ?? []), { ...change, at: change.at + lead }],
  };
}

function notFound(id: string): VoiceError {
  return new VoiceError(
    'not-found',
    `The prompt ${id.slice(0, 8)} has already ended.`,
    'Say the whole prompt again.',
  );
}
