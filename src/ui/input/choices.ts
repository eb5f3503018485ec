import type { Question } from '../../control/shapes.ts';
import type { RequestState } from '../state.ts';

/** A selectable row of a question. */
export type Choice =
  | { kind: 'option'; label: string; description: string }
  /** Write an answer. */
  | { kind: 'write' }
  /** The marked options are the answer. */
  | { kind: 'done' }
  /** No answer: it is left out, or the initial answer counts. */
  | { kind: 'leave'; initial: readonly string[] };

/** Returns the rows of a question, in order. */
export function choicesOf({ options, multiple, optional, initial = [], free }: Question): Choice[] {
  const leave = optional || initial.length > 0;
  return [
    ...options.map(({ label, description }): Choice => ({ kind: 'option', label, description })),
    ...(multiple && options.length > 0 ? [{ kind: 'done' } as const] : []),
    ...(leave && free && options.length === 0 ? [{ kind: 'write' } as const] : []),
    ...(leave ? [{ kind: 'leave', initial } as const] : []),
  ];
}

/** Returns the marked options; before the first mark, the initial ones. */
export function markedOf({ marked }: RequestState, { initial = [] }: Question): readonly string[] {
  return marked ?? initial;
}

/** Returns the marks after one more press on an option, in the order of the options. */
export function markedAnew(request: RequestState, question: Question, label: string): readonly string[] {
  const marked = markedOf(request, question);
  return question.options
    .map((option) => option.label)
    .filter((each) => (each === label ? !marked.includes(each) : marked.includes(each)));
}
