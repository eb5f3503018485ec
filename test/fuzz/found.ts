/** Inputs with which `npm run fuzz` has found a fault in a reader; it is mended, and stays so. */
export const FOUND: readonly { target: string; input: unknown }[] = [
  // A mark that combines with a letter before it was a word.
  { target: 'transcripts', input: ['\u{11101}', 2_536, 0.9] },
  // A time that grew with the square of the text: seconds for what an engine may write in a loop.
  { target: 'transcripts', input: ['(music) run the tests. '.repeat(4_000), 5_000, undefined] },
  { target: 'transcripts', input: ['字幕'.repeat(50_000), 5_000, undefined] },
  { target: 'transcripts', input: [`${'no '.repeat(30_000)}yes`, 5_000, undefined] },
  {
    target: 'answers of servers',
    input: [Buffer.from('data: {"text":"a"}\n\n'.repeat(40_000)), 'text/event-stream', true],
  },
  { target: 'replace rules', input: [[['a', 'b']], 'a '.repeat(50_000)] },
];
