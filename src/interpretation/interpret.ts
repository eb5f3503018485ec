import { approval } from './approval.ts';
import { promptOf } from './clean.ts';
import { correction } from './correction.ts';
import type { Context, Heard, Interpretation, Interpreter } from './interpretation.ts';
import { projectSwitch } from './project-switch.ts';
import { prompt } from './prompt.ts';
import { reviewPhrase } from './review-phrase.ts';

/** In this order: the first that recognizes an utterance gives it its meaning. The last recognizes every one. */
export const INTERPRETERS: readonly Interpreter[] = [
  approval,
  reviewPhrase,
  correction,
  projectSwitch,
  prompt,
];

/** Returns the meaning of what was heard. */
export function interpret(heard: Heard, context: Context): Interpretation {
  const words = promptOf(heard.transcript, heard);
  if (words !== null) {
    for (const interpreter of INTERPRETERS) {
      const meaning = interpreter.interpret({ ...heard, words }, context);
      if (meaning) return meaning;
    }
  }
  return { kind: 'nothing-said' };
}
