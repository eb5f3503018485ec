import { shellWords } from '../approvals/shell-words.ts';

/** Codex 0.169.0 runs what the model writes as `/bin/bash -lc '...'`: what the model wrote. */
export function scriptOf(command: string): string {
  const words = shellWords(command);
  const [shell, flag, script] = words ?? [];
  const wrapped = words?.length === 3 && /(^|\/)(ba|z|da)?sh$/.test(shell ?? '') && /^-l?c$/.test(flag ?? '');
  return wrapped && script !== undefined ? script : command;
}
