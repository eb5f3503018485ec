import { shellWords } from '../approvals/shell-words.ts';

/** Extracts the model's command from `/bin/bash -lc '...'`, the form in which Codex 0.169.0 runs it. */
export function scriptOf(command: string): string {
  const words = shellWords(command);
  const [shell, flag, script] = words ?? [];
  const wrapped = words?.length === 3 && /(^|\/)(ba|z|da)?sh$/.test(shell ?? '') && /^-l?c$/.test(flag ?? '');
  return wrapped && script !== undefined ? script : command;
}
