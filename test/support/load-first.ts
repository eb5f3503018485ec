/**
 * Loaded before the tests of a worker. The table of this module unpacks itself while it loads. Late in a worker that has
 * run for a minute that failed with "Data error" in about one of a hundred runs on a busy machine (Node 24.21.0; the
 * cause is not known); in 4,000 new processes it never did.
 */
import '@xterm/addon-unicode-graphemes';
