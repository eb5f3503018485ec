/** wtype's words for Ctrl+Alt+Space, held for so long, ms. */
export function heldChord(ms: number): string[] {
  return [
    ...['-M', 'ctrl', '-M', 'alt', '-P', 'space', '-s', String(ms)],
    ...['-p', 'space', '-m', 'alt', '-m', 'ctrl'],
  ];
}
