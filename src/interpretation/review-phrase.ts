import type { Interpreter, ReviewPhrase } from './interpretation.ts';
import { spokenWords } from './spoken-words.ts';

/** Only whole utterances count, because a word or two could be part of any prompt. */
const PHRASES: Readonly<Record<ReviewPhrase, readonly string[]>> = {
  send: [
    'send',
    'send it',
    'send that',
    'send this',
    'send now',
    'send it now',
    'send it off',
    'send it out',
    'go ahead',
  ],
  edit: ['edit', 'edit it', 'edit that', 'edit this', 'let me edit', 'let me edit it', 'change it'],
  cancel: [
    'cancel',
    'cancel it',
    'cancel that',
    'cancel this',
    // Whisper tiny.en writes these for a lone "cancel". A mistake loses nothing.
    'cancelled',
    'canceled',
    'console',
    'council',
    'counsel',
    'dont send',
    'dont send it',
    'dont send that',
    'do not send',
    'do not send it',
    'discard',
    'discard it',
    'discard that',
    'never mind',
    'nevermind',
    'forget it',
    'forget that',
    'stop',
    'scratch that',
  ],
};

/** Words around a command that do not change its meaning. */
const AROUND =
  /^(?:(?:okay|ok|yes|yeah|yep|please|now|um|uh|oh|well|just|and|then) )+|(?: (?:please|now|okay|ok|thanks|thank you))+$/gu;
const REFUSING = /^(?:(?:no|nope|wait) )+/u;

/** A command about the newest prompt in review: a whole utterance that began with the hotkey. */
export const reviewPhrase: Interpreter = {
  name: 'review',
  interpret({ transcript, source, pressedAt }, { review }) {
    const phrase = phraseOf(transcript);
    if (source !== 'hotkey' || phrase === null || pressedAt === null || !review) return null;
    // A prompt that was not on the screen yet can be cancelled, but not sent or edited.
    const seen = review.seenAt !== null && review.seenAt <= pressedAt;
    return seen || phrase === 'cancel' ? { kind: 'review', phrase, utterance: review.id } : null;
  },
};

function phraseOf(transcript: string): ReviewPhrase | null {
  const said = spokenWords(transcript);
  const bare = said.replaceAll(AROUND, '').trim();
  if (PHRASES.send.includes(said) || PHRASES.send.includes(bare)) return 'send';
  if (PHRASES.edit.includes(bare)) return 'edit';
  // "No, send it" is ambiguous: after "no", only a cancellation counts.
  return PHRASES.cancel.includes(bare.replace(REFUSING, '').replaceAll(AROUND, '')) ? 'cancel' : null;
}
