/** How an utterance was heard. */
export interface Evidence {
  /** Duration of the speech that the detector found, ms. */
  speechMs: number;
  /** Mean probability of the text, 0 to 1; absent if the engine does not report it. */
  confidence?: number | undefined;
}

/** Speech is never faster than this: quick speech takes 200 ms a word, and soft syllables are not detected. */
const LEAST_MS_PER_WORD = 60;
/**
 * The less confident the engine is, the more speech each word needs. Measured with the ear (tiny.en) on
 * test/data/speech: whole sentences 0.81 to 0.97, with noise 0.81 to 0.92; its text for 0.2 to 0.4 s from within a
 * sentence, for clicks, typing and hum 0.04 to 0.57.
 */
const SURE = 0.8;
const UNSURE = 0.3;
const UNSURE_MS_PER_WORD = 250;
/**
 * A phrase that engines invent takes at least this long to speak: five synthetic voices take 288 to 416 ms of speech
 * (Silero) for "you" and 512 to 736 for "thank you"; a click that passes for speech takes 128 to 250.
 */
const PHRASE_MS = 100;
const PHRASE_MS_PER_WORD = 150;
/** Invented phrases have a confidence of 0.05 to 0.45. */
const PHRASE_CONFIDENCE = 0.5;
/** So many repetitions in a row are a loop of the engine, unless there was time to say them. */
const LOOPS = 4;
const LOOP_MS_PER_WORD = 200;
/** The longest repeated part that is searched for, words. */
const LONGEST_LOOP = 64;

/** Texts that Whisper writes when it hears no words, in its languages; lower case, without punctuation. */
const PHRASES: ReadonlySet<string> = new Set(
  [
    'you|thank you|thanks|thank you very much|thank you so much|thank you for watching|thanks for watching',
    'thank you for listening|thanks for listening|thank you for your attention|please subscribe|like and subscribe',
    'please subscribe to my channel|see you next time|see you in the next video|i ll see you in the next video',
    'bye|bye bye|goodbye|the end|so|oh|i',
    // German, French, Spanish, Italian, Portuguese
    'vielen dank|danke|vielen dank fürs zuschauen|danke fürs zuschauen|danke schön|tschüss|bis zum nächsten mal',
    'merci|merci beaucoup|merci d avoir regardé cette vidéo|merci d avoir regardé|abonnez vous|à bientôt|au revoir',
    'gracias|muchas gracias|gracias por ver el video|gracias por ver|suscríbete|suscríbete al canal|hasta la próxima|adiós',
    'grazie|grazie mille|grazie per aver guardato il video|grazie a tutti|alla prossima|ciao',
    'obrigado|obrigada|muito obrigado|obrigado por assistir|inscreva se no canal|tchau|até a próxima',
    // Dutch, Swedish, Norwegian, Danish, Finnish, Polish, Czech, Hungarian, Romanian, Turkish, Indonesian, Vietnamese
    'bedankt voor het kijken|dank u wel|bedankt|tack för att du tittade|tack|takk for at du så på|tak fordi du så med',
    'kiitos|kiitos kun katsoit|dziękuję|dziękuję za uwagę|dziękuję za oglądanie|děkuji|děkuji za pozornost|köszönöm',
    'köszönöm a figyelmet|mulțumesc pentru vizionare|mulțumesc|teşekkürler|teşekkür ederim|izlediğiniz için teşekkürler',
    'izlediğiniz için teşekkür ederim|abone olmayı unutmayın|terima kasih|terima kasih telah menonton',
    'cảm ơn các bạn đã theo dõi|hẹn gặp lại các bạn trong những video tiếp theo',
    // Russian, Ukrainian, Greek, Hebrew, Arabic, Persian, Hindi
    'спасибо|спасибо за внимание|спасибо за просмотр|продолжение следует|подписывайтесь на канал|до новых встреч|пока',
    'дякую|дякую за увагу|дякую за перегляд|ευχαριστώ|תודה|תודה רבה|תודה על הצפייה|شكرا|شكرا للمشاهدة|اشتركوا في القناة',
    'متشکرم|با تشکر|धन्यवाद',
    // Chinese, Japanese, Korean, Thai
    '谢谢|謝謝|谢谢大家|謝謝大家|谢谢观看|謝謝觀看|感谢观看|感謝觀看|多谢观看|下次再见|下次再見|请订阅|再见|再見',
    'ご視聴ありがとうございました|ご視聴ありがとうございます|ありがとうございました|ありがとうございます|ありがとう',
    'チャンネル登録お願いします|チャンネル登録よろしくお願いします|おやすみなさい|それではまた',
    '감사합니다|고맙습니다|시청해주셔서 감사합니다|시청해 주셔서 감사합니다|구독과 좋아요 부탁드립니다|다음 영상에서 만나요',
    'ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณ',
  ].flatMap((line) => line.split('|')),
);

/** Words for subtitles and their makers in the credits of Whisper's training data. */
const SUBTITLES =
  'subtitles?|captions?|captioning|transcribed|transcription|translated|untertitel(?:ung)?|sous-titr(?:es|age)|subt[ií]tulos|legendas|sottotitoli|ondertitel(?:s|ing)|napisy|titulky|teksting|tekstet|undertexter|tekstitys|altyaz[ıi]|субтитры|редактор субтитров|субтитри|υπότιτλοι|字幕|자막|ترجمة';
const MADE_BY =
  'by|von|vom|der|im auftrag|réalisés|par|por|pelos?|pela|a cura di|creati|realizados|door|ingediend|stworzone|av|od|vytvořil|сделал|создавал|подогнал|м\\.?\\s?к\\.?|m\\.?\\s?k\\.?|由|志愿者|提供|製作|:';
const CREDITS = new RegExp(String.raw`^\W*(?:${SUBTITLES})(?!\p{L}).{0,12}(?:${MADE_BY})(?!\p{L})`, 'iu');
/** Longest credit, characters. */
const LONGEST_CREDIT = 200;
/** Credits that are never spoken, whatever the duration of the speech. */
const NEVER_SAID = new RegExp(
  String.raw`(?:${SUBTITLES}).*amara\s?\.?\s?org|amara\s?\.?\s?org.*(?:${SUBTITLES})|dimatorzok|castingwords|zeoranger|請不吝點贊|请不吝点赞|明鏡與點點|^字幕(?:由|志愿者|製作|提供)`,
  'iu',
);

/** Scripts without spaces: each character counts as a word. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/**
 * True when an engine probably invented the text for a sound that is not speech. Judges by the engine's confidence, by
 * the time there was to say it, by repetition, and last by phrases that engines are known to invent.
 */
export function isInvented(text: string, { speechMs, confidence }: Evidence): boolean {
  if (text.length <= LONGEST_CREDIT && NEVER_SAID.test(text.trim())) return true;
  const words = wordsOf(text);
  const length = lengthOf(text, words);
  if (speechMs < length * leastMsPerWord(confidence)) return true;
  if (repeats(words) && speechMs < length * LOOP_MS_PER_WORD) return true;
  if (!isPhrase(text)) return false;
  if (confidence !== undefined && confidence < PHRASE_CONFIDENCE) return true;
  return speechMs < PHRASE_MS + length * PHRASE_MS_PER_WORD;
}

/** The words of a text, in lower case. */
export function wordsOf(text: string): string[] {
  // Lower case leaves the dot of the Turkish İ as a separate character; it occurs nowhere else.
  return (
    text
      .toLowerCase()
      .replaceAll('i\u0307', 'i')
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? []
  );
}

/** Length of the text in words. A character of a script without spaces takes half the time of a word. */
function lengthOf(text: string, words: readonly string[]): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  if (unspaced === 0) return words.length;
  const spaced = words.filter((word) => word.replaceAll(UNSPACED, '') !== '').length;
  return spaced + Math.max(1, unspaced / 2);
}

function leastMsPerWord(confidence: number | undefined): number {
  if (confidence === undefined) return LEAST_MS_PER_WORD;
  const doubt = Math.min(1, Math.max(0, (SURE - confidence) / (SURE - UNSURE)));
  return LEAST_MS_PER_WORD + doubt * (UNSURE_MS_PER_WORD - LEAST_MS_PER_WORD);
}

/** True when the text repeats one part again and again. */
function repeats(words: readonly string[]): boolean {
  for (let size = 1; size <= Math.min(LONGEST_LOOP, words.length / LOOPS); size += 1) {
    if (words.every((word, at) => at < size || word === words[at - size])) return true;
  }
  return false;
}

function isPhrase(text: string): boolean {
  if (text.length <= LONGEST_CREDIT && CREDITS.test(text.trim())) return true;
  const sentences = text
    .split(/[.!?。！？…]+/u)
    .map((sentence) => wordsOf(sentence).join(' ').replaceAll(/['’]/gu, ' '));
  return sentences.every(
    (sentence) => sentence === '' || PHRASES.has(sentence) || PHRASES.has(sentence.replaceAll(' ', '')),
  );
}
