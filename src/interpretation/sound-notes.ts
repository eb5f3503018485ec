/**
 * Words of Whisper's notes on sounds, in the languages of its models. A note has only words of the two lists, and at
 * least one of the first. Lower case.
 */
const SOUNDS = words(
  // English
  'music applause laughter laughs laughing laugh chuckles chuckle chuckling giggles noise noises silence silent sound sounds static cough coughs coughing sneeze sneezes sigh sighs sighing sniff sniffs sniffing gasp gasps groans groaning grunts moans yawns crying sobbing screaming screams shouting whistling whistle whistles humming singing cheering cheers clapping clap claps footsteps click clicks clicking clack beep beeps beeping buzz buzzing ding dings ringing rings knock knocking knocks thud thuds bang bangs slam slams slamming creaking rustling rattling typing barking barks meowing chirping growls roaring rumbling engine wind rain thunder breathing exhales inhales inaudible unintelligible indistinct mumbling mumbles murmuring chatter whispering whispers pause crosstalk blank audio tapping explosion gunshot gunshots siren sirens squeaking scratching splashing foreign bleep hiss hissing',
  // German, French, Spanish, Italian, Portuguese
  'musik applaus gelächter lachen stille geräusch geräusche rauschen husten seufzen räuspern musique applaudissements rires rire silence bruit bruits toux soupir música aplausos risas risa silencio ruido ruidos tos suspiro musica applausi risate silenzio rumore tosse sospiro risos silêncio ruído barulho',
  // Dutch, Swedish, Norwegian, Danish, Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Turkish, Indonesian, Vietnamese
  'muziek applaus gelach stilte geluid geruis musik applåder skratt tystnad musikk latter stilhet latter klapsalver musiikkia musiikki aplodeja naurua hiljaisuus muzyka brawa oklaski śmiech cisza hudba potlesk smích ticho hudba smiech zene taps nevetés csend muzică aplauze râsete liniște müzik alkış gülüşmeler gülme sessizlik gürültü musik tertawa tepuk tangan nhạc cười',
  // Russian, Ukrainian, Greek, Hebrew, Arabic, Persian, Hindi
  'музыка аплодисменты смех тишина шум кашель музика оплески сміх тиша μουσική χειροκρότημα γέλια σιωπή מוזיקה מחיאות צחוק שקט موسيقى تصفيق ضحك صمت موسیقی خنده संगीत तालियां हंसी',
  // Chinese, Japanese, Korean, Thai
  '音乐 音樂 掌声 掌聲 笑声 笑聲 静音 靜音 沉默 无声 無聲 噪音 咳嗽 音楽 拍手 笑い 笑い声 無音 沈黙 雑音 咳 ため息 음악 박수 웃음 침묵 소음 기침 เพลง เสียงหัวเราะ เสียงปรบมือ',
);
const BESIDE = words(
  'the a an in of and with no to up from on background foreground upbeat dramatic soft gentle piano guitar drum suspenseful tense classical rock electronic sad happy intro outro theme playing plays play continues stops starts fades loud quiet heavy light distant faint speaking speaks speech voice voices language english chinese japanese spanish french german crowd audience man woman people person birds bird dog dogs cat door doors window car cars phone telephone bell bells keyboard mouse water traffic engine running opens closes open close slams video end start clears clearing throat throats mic microphone paper air machine laughs stopped blowing starting',
);
/** Marks that only an engine writes: [BLANK_AUDIO], [NO_SPEECH]. */
const MARK = /(?:\[|\()\s*[A-Z]+(?:_[A-Z]+)+\s*(?:\]|\))/gu;
/** Brackets that may hold a note; never those of "main(argv)" or "list[0]". */
const BRACKET =
  /(?<![^\s.,!?。！？])(?:\[([^[\]\n]{0,60})\]|\(([^()\n]{0,60})\)|（([^（）\n]{0,60})）|【([^【】\n]{0,60})】|\*([^*\n]{1,60})\*)(?=$|[\s.,!?。！？])/gu;
/** An engine opened a note and ran out of sound. */
const UNFINISHED = /^\s*[[(（【]\s*$/u;

/** The end of a sentence. */
const SENTENCE_END = /[.!?。！？]["'”’)]*$/u;
const NO_WORDS = /^[\s.,!?。！？]*$/u;

/** A part of the text: words, or a note on a sound. */
interface Stretch {
  text: string;
  isNote: boolean;
}

/**
 * Removes an engine's notes on sounds without speech. A note in words is removed when it stands alone, at an end of the
 * text or between two sentences. Spoken words in brackets stay. The time grows linearly with the text.
 */
export function withoutNotes(text: string): string {
  if (UNFINISHED.test(text)) return '';
  const stretches = stretchesOf(text.replace(/\s+/gu, ' ').replace(MARK, ' '));
  let end = stretches.length;
  while (end > 0 && isNothing(stretches[end - 1])) end -= 1;
  let kept = '';
  // Only the end of the kept text matters; checking all of it each time would take quadratic time.
  let last = '';
  for (const [index, { text: stretch, isNote: note }] of stretches.entries()) {
    if (note && (index >= end || last === '' || SENTENCE_END.test(last))) kept += ' ';
    else {
      kept += stretch;
      last = (last + stretch.trimEnd().slice(-8)).slice(-8).trim();
    }
  }
  return kept;
}

function isNothing(stretch: Stretch | undefined): boolean {
  return stretch === undefined || stretch.isNote || NO_WORDS.test(stretch.text);
}

function stretchesOf(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const { 0: bracket, index, ...groups } of text.matchAll(BRACKET)) {
    const note = [groups[1], groups[2], groups[3], groups[4], groups[5]].find((each) => each !== undefined);
    if (note === undefined || !isNote(note)) continue;
    stretches.push({ text: text.slice(from, index), isNote: false }, { text: bracket, isNote: true });
    from = index + bracket.length;
  }
  return [...stretches, { text: text.slice(from), isNote: false }];
}

function isNote(note: string): boolean {
  const said = note.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  // "[ ]" and "(...)" come from an engine, because they cannot be spoken.
  if (said.length === 0) return /^[\s.…_-]*$/u.test(note);
  return said.some((word) => SOUNDS.has(word)) && said.every((word) => SOUNDS.has(word) || BESIDE.has(word));
}

function words(...lists: string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}
