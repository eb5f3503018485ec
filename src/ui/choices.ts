import type { Question } from '../control/shapes.ts';
import type { RequestState } from './state.ts';

/** A row of a question that the cursor can be on. */
export type Choice =
  | { kind: 'option'; label: string; description: string }
  /** A text of one's own. */
  | { kind: 'write' }
  /** The marked options are the answer. */
  | { kind: 'done' }
  /** No answer: it is left out, or what the question begins with counts. */
  | { kind: 'leave'; initial: readonly string[] };

/** The rows of a question, in their order. */
export function choicesOf({ options, multiple, optional, initial = [], free }: Question): Choice[] {
  const leave = optional || initial.length > 0;
  return [
    ...options.map(({ label, description }): Choice => ({ kind: 'option', label, description })),
    ...(multiple && options.length > 0 ? [{ kind: 'done' } as const] : []),
    ...(leave && free && options.length === 0 ? [{ kind: 'write' } as const] : []),
    ...(leave ? [{ kind: 'leave', initial } as const] : []),
  ];
}

/** The options that are marked; before the first mark those that the question begins with. */
export function markedOf({ marked }: RequestState, { initial = [] }: Question): readonly string[] {
  return marked ?? initial;
}

/** The marks after one more press on an option; they keep the order of the options. */
export function markedAnew(request: RequestState, question: Question, label: string): readonly string[] {
  const marked = markedOf(request, question);
  return question.options
    .map((option) => option.label)
    .filter((each) => (each === label ? !marked.includes(each) : marked.includes(each)));
}
