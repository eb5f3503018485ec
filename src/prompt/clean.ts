/** What Whisper writes when it hears no words; lower case, without punctuation. */
const NON_SPEECH: ReadonlySet<string> = new Set([
  'you',
  'thank you',
  'thanks',
  'thank you very much',
  'thank you so much',
  'thank you for watching',
  'thanks for watching',
  'thank you for listening',
  'thanks for listening',
  'please subscribe',
  'see you next time',
  'see you in the next video',
  'bye',
  'bye bye',
  'the end',
  'so',
  'oh',
  'i',
]);

/**
 * A person who really says such a phrase speaks at least this long: five synthetic voices take 288 to 416 ms of
 * speech (Silero) for "you" and 512 to 736 for "thank you"; a click that passes for speech takes 128 to 250.
 */
const PHRASE_MS = 100;
const PHRASE_MS_PER_WORD = 150;

/** Nobody says more words than this: quick speech is 200 ms a word, the rest is for soft syllables. */
const LEAST_MS_PER_WORD = 60;

/** A note on sound, standing free: "[BLANK_AUDIO]", "(music)"; but not the brackets of "main(argv)" or "list[0]". */
const NOTE = /(?<![^\s.,!?])(?:\[[^[\]\n]{0,60}\]|\([^()\n]{0,60}\))(?=$|[\s.,!?])/gu;
const MUSIC = /[♩-♬]/gu;
const CONTROL = /\p{Cc}/gu;
/** Invisible: bidirectional overrides, tags, zero widths, but for the joiners that scripts and emoji need. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}|\ufffd/gu;

/**
 * The prompt that a transcript makes, or null when nobody said anything. One line without control characters,
 * invisible characters and notes on sounds. A text that Whisper also writes for noise counts only when the detector
 * heard enough speech for it.
 * @param heard.speechMs how much speech the detector found in the audio, ms
 */
export function promptOf(transcript: string, heard: { speechMs: number }): string | null {
  const text = clean(transcript);
  const words = wordsOf(text);
  if (words.length === 0 || heard.speechMs < leastSpeechMs(text, words.length)) return null;
  return text;
}

function clean(transcript: string): string {
  return transcript
    .toWellFormed()
    .replace(CONTROL, ' ')
    .replace(INVISIBLE, '')
    .replace(NOTE, ' ')
    .replace(MUSIC, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/ (?=[.,!?](?: |$))/gu, '')
    .trim();
}

/** The shortest speech in which such a text can be said, ms. */
function leastSpeechMs(text: string, words: number): number {
  const sentences = text.split(/[.!?]+/u).map((sentence) => wordsOf(sentence).join(' '));
  const suspicious = sentences.every((sentence) => sentence === '' || NON_SPEECH.has(sentence));
  return suspicious ? PHRASE_MS + words * PHRASE_MS_PER_WORD : words * LEAST_MS_PER_WORD;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
}
