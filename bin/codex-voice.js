#!/usr/bin/env node
/**
 * The program's entry. Plain JavaScript, so that nothing has to be compiled before the cache of compiled modules is
 * on: without types to strip, a verb takes 80 ms instead of 150, and the daemon is 25 MB smaller (Node 24.21).
 */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const { HOME, XDG_CACHE_HOME = '' } = process.env;
const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME || homedir(), '.cache');
// A folder that cannot be written means a slower start and nothing else.
enableCompileCache(join(cache, 'codex-voice', 'modules'));

await import('../src/main.ts');
