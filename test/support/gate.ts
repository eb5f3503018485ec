/** True before a release and at night (`scripts/test.sh --release`); at other times some cases stand for all of them. */
export const EVERY_CASE = process.env.CODEX_VOICE_TEST_EVERY_CASE === '1';
