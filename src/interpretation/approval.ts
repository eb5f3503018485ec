import type { Context, Interpreter } from './interpretation.ts';
import { spokenWords } from './spoken-words.ts';

/**
 * An answer to a request of Codex: a whole utterance that is one of the phrases in the settings. Only the hotkey
 * counts, because a recording may have anybody's voice.
 */
export const approval: Interpreter = {
  name: 'approval',
  interpret({ transcript, source }, { approvals, requests }) {
    const [request] = requests;
    if (source !== 'hotkey' || !approvals.spoken || !request) return null;
    const decision = decisionOf(transcript, approvals);
    return decision && { kind: 'decision', decision, request };
  },
};

function decisionOf(
  transcript: string,
  { approve, deny }: Context['approvals'],
): 'approve' | 'deny' | 'both' | null {
  const said = spokenWords(transcript);
  const isAmong = (phrases: readonly string[]): boolean =>
    said !== '' && phrases.some((phrase) => spokenWords(phrase) === said);
  if (isAmong(approve)) return isAmong(deny) ? 'both' : 'approve';
  return isAmong(deny) ? 'deny' : null;
}
