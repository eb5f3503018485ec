import { describe, expect, test } from 'vitest';
import { promptOf } from '../../src/interpretation/clean.ts';

const spoken = { speechMs: 3_000 };
const click = { speechMs: 160 };

describe('what was said is the prompt', () => {
  test.each([
    ['  Run the tests.  ', 'Run the tests.'],
    ['Run\n the\t tests', 'Run the tests'],
    ['[BLANK_AUDIO] Run the tests. (door slams)', 'Run the tests.'],
    ['(music) Run the tests [noise].', 'Run the tests.'],
    [
      '[BLANK_AUDIO] (upbeat music) Run it. [laughter] Then (clears throat) commit. *sigh*',
      'Run it. Then (clears throat) commit.',
    ],
    ['Run it [BLANK_AUDIO] now', 'Run it now'],
    ['[Musik] Starte die Tests. （笑い声）', 'Starte die Tests.'],
    ['Rename it (the old one) please', 'Rename it (the old one) please'],
    ['(The old one) goes first.', '(The old one) goes first.'],
    ['Use the array [a, b].', 'Use the array [a, b].'],
    ['Call play (music) twice', 'Call play (music) twice'],
    ['Fix the test (the flaky one).', 'Fix the test (the flaky one).'],
    ['♪ la la la ♪', 'la la la'],
    ['call main(argv) and list[0]', 'call main(argv) and list[0]'],
    ['the test(s) of foo (bar baz', 'the test(s) of foo (bar baz'],
    ['Yes.', 'Yes.'],
    ['C’est la vie, 日本語 und Straße', 'C’est la vie, 日本語 und Straße'],
    ['/help me', '/help me'],
    ['👩\u200d💻 works', '👩\u200d💻 works'],
  ])('%j', (transcript, prompt) => {
    expect(promptOf(transcript, spoken)).toBe(prompt);
  });

  test('control, bidirectional, tag and broken characters never pass', () => {
    const transcript =
      'a\u001b[31mb\u0000c\u0007\u009bd \u202eevil\u2066\u200b\ufeff\u{e0041} \ud800 e\u007f\r\nf';
    expect(promptOf(transcript, spoken)).toBe('a [31mb c d evil e f');
  });
});

describe('what is no speech is no prompt', () => {
  test.each([
    '',
    '   ',
    '.',
    '...',
    '!!!!!!!!',
    '[BLANK_AUDIO]',
    '[ Silence ]',
    '(music)',
    '(keyboard clicking) [typing].',
    '[',
    '[ ]',
    '(...)',
    '(speaking in foreign language)',
    '[Musik] (Applaus)',
    '(음악)',
    '【音楽】',
    '*sighs*',
    '(музыка)',
    '♪♪♪',
    '\u0007',
  ])('%j, however long', (transcript) => {
    expect(promptOf(transcript, { speechMs: 60_000 })).toBeNull();
  });

  test.each([
    'you',
    'You',
    'Thank you.',
    ' Thank you. Thank you.',
    'Thanks for watching!',
    'Thank you for watching.',
    'Bye.',
    'Bye-bye.',
    '[noise] you',
  ])('%j on what the detector takes for a click', (transcript) => {
    expect(promptOf(transcript, click)).toBeNull();
  });

  test('a whole sentence out of a click', () => {
    expect(promptOf("I'm going to show you how to do it.", click)).toBeNull();
  });
});

describe('the detector decides whether such a phrase was said', () => {
  test.each([
    ['you', 250],
    ['Thank you.', 400],
    ['Thanks for watching!', 550],
  ])('%j counts from %d ms of speech on', (transcript, speechMs) => {
    expect(promptOf(transcript, { speechMs: speechMs - 1 })).toBeNull();
    expect(promptOf(transcript, { speechMs })).toBe(transcript);
  });

  test('a short answer counts at once', () => {
    expect(promptOf('Yes.', { speechMs: 64 })).toBe('Yes.');
    expect(promptOf('No, stop.', { speechMs: 128 })).toBe('No, stop.');
  });

  test('such a phrase within a sentence is part of it', () => {
    expect(promptOf('Thank you, now run the tests.', { speechMs: 400 })).toBe(
      'Thank you, now run the tests.',
    );
  });
});

describe('how sure the engine was decides first', () => {
  // Texts and confidences of the ear for clicks, typing, hum, and pieces from within words.
  test.each([
    ['you', 0.15, 250],
    ['Thank you.', 0.45, 600],
    ['Can you ask?', 0.57, 400],
    ['I am going to go.', 0.5, 420],
    ['Make', 0.21, 240],
    ['Thanks.', 0.18, 400],
  ])('%j with %d is invented', (transcript, confidence, speechMs) => {
    expect(promptOf(transcript, { speechMs, confidence })).toBeNull();
  });

  test.each([
    ['Yes.', 0.9, 128],
    ['Yes.', 0.6, 200],
    ['Thank you.', 0.9, 500],
    ['Run the tests.', 0.82, 500],
    ['Open the door for me please.', 0.45, 1_500],
    ['in being comparatively moderate.', 0.81, 1_500],
  ])('%j with %d was said', (transcript, confidence, speechMs) => {
    expect(promptOf(transcript, { speechMs, confidence })).toBe(transcript);
  });
});

describe('what engines invent in other languages', () => {
  test.each([
    'ご視聴ありがとうございました。',
    '谢谢观看',
    '請不吝點贊訂閱轉發打賞支持明鏡與點點欄目',
    '시청해주셔서 감사합니다.',
    'Субтитры сделал DimaTorzok',
    'Продолжение следует...',
    'Altyazı M.K.',
    'İzlediğiniz için teşekkür ederim.',
    "Sous-titres réalisés par la communauté d'Amara.org",
    'Untertitel der Amara.org-Community',
    '¡Gracias por ver el video!',
    'Vielen Dank fürs Zuschauen.',
    'Obrigado por assistir!',
    'Sottotitoli creati dalla comunità Amara.org',
    'Napisy stworzone przez społeczność Amara.org',
    'Subtitles by the Amara.org community',
    'شكرا للمشاهدة',
  ])('%s', (transcript) => {
    expect(promptOf(transcript, { speechMs: 350 })).toBeNull();
    expect(promptOf(transcript, { speechMs: 5_000, confidence: 0.3 })).toBeNull();
  });

  test('said in earnest, with time for it, it counts', () => {
    expect(promptOf('Vielen Dank.', { speechMs: 700, confidence: 0.9 })).toBe('Vielen Dank.');
    expect(promptOf('Translated by the backend, the strings are wrong.', { speechMs: 2_400 })).not.toBeNull();
    expect(promptOf('测试一下', { speechMs: 700, confidence: 0.9 })).toBe('测试一下');
  });

  test('a credit of subtitles is never said', () => {
    expect(promptOf('Untertitel im Auftrag des ZDF, Amara.org', { speechMs: 60_000 })).toBeNull();
  });
});

test('a loop of the engine is no prompt, and a repetition that was said is one', () => {
  const loop = 'I am sorry. '.repeat(6).trim();
  expect(promptOf(loop, { speechMs: 1_500 })).toBeNull();
  expect(promptOf('no no no no', { speechMs: 900 })).toBe('no no no no');
  expect(promptOf('go go go go go go', { speechMs: 400 })).toBeNull();
});
