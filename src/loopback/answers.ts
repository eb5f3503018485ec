import type { Reply } from './model.ts';
import type { LoopbackRequest } from './request.ts';

/** Streamed answers come word by word, about as fast as from a quick model; ms a word. */
const WORD_MS = 15;
const QUOTE_CHARS = 300;

/** The reply of the built-in model: it quotes what it heard, and says that it is not a real model. */
export function converse(request: LoopbackRequest): Reply {
  const count = request.userTexts.length;
  const memory = count > 1 ? ` This is the ${ordinal(count)} prompt of our conversation.` : '';
  const heard = shorten(request.lastUserText.trim());
  const text = `You said: "${heard}".${memory} I am the built-in loopback model: sign in to Codex for real answers.`;
  return { kind: 'text', chunks: wordsOf(text), delayMs: WORD_MS };
}

/** Splits a text before each space; the pieces join to the same text. */
export function wordsOf(text: string): string[] {
  return text.split(/(?=\s)/u);
}

function shorten(text: string): string {
  return text.length > QUOTE_CHARS ? `${text.slice(0, QUOTE_CHARS)}…` : text;
}

function ordinal(count: number): string {
  const rest = count % 100;
  const suffix = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${suffix}`;
}
