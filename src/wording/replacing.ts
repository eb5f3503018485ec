/** Tells Codex that a prompt replaces the one before it. */
const LEAD = 'My previous prompt was misheard. Do not follow it: this prompt replaces it.\n\n';

/** Returns the prompt with a line that says that it replaces the previous one. */
export function replacing(prompt: string): string {
  return LEAD + prompt;
}

/** Returns the length of that line at the beginning of a prompt; 0: the prompt has none. */
export function replacingLead(prompt: string): number {
  return prompt.startsWith(LEAD) ? LEAD.length : 0;
}
