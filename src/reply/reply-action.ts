import type { Answer } from '../codex/codex.ts';

/** What a person asks for with a button of a bubble. */
export type ReplyAction =
  /** `hash`: of what the bubble showed. */
  | { type: 'answer'; request: string; hash: string; answer: Answer }
  /** The hidden terminal of this project. */
  | { type: 'open'; project: string }
  /** This text is the next prompt of the project. Untrusted. */
  | { type: 'reply'; project: string; text: string }
  /** Listen: what is said is the next prompt of the project. */
  | { type: 'speak'; project: string }
  /** Stop what Codex does in this project. */
  | { type: 'interrupt'; project: string }
  /** Send the prompt of this utterance (again). */
  | { type: 'send-again'; utterance: string }
  /** Do not send it. */
  | { type: 'drop'; utterance: string }
  /** Send what is shown before it is sent; `text`: this instead. */
  | { type: 'review-send'; utterance: string; text?: string }
  /** Open it in the editor. */
  | { type: 'review-edit'; utterance: string }
  /** Do not send what is shown before it is sent. */
  | { type: 'review-cancel'; utterance: string };
