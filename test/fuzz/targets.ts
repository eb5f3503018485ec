import { SERVER_TARGETS } from './server-targets.ts';
import { SOUND_TARGETS } from './sound-targets.ts';
import type { Target } from './target.ts';
import { TEXT_TARGETS } from './text-targets.ts';

/** Every reader of what others write. */
export const TARGETS: readonly Target[] = [...SERVER_TARGETS, ...SOUND_TARGETS, ...TEXT_TARGETS];
