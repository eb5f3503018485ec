/** A microphone hears a loudspeaker for so long after a player has ended: its buffers, and the room; ms. */
const ECHO_MS = 150;
/** A cue lasts 0.15 s: whoever plays longer hangs, and nothing is heard any more; ms. */
const MOST_MS = 1_000;
/** Older sounds are of no interest to a recording: more than its pre-roll holds, ms. */
const KEPT_MS = 5_000;

/** When sounds of our own are in the air, for a microphone that stands beside the loudspeaker. */
export class Loudspeaker {
  #sounds: { from: number; until: number }[] = [];

  /** A sound begins; the result says that it is over. @param most how long it can be heard at most, ms */
  begin(most = MOST_MS): () => void {
    const from = performance.now();
    const sound = { from, until: from + most + ECHO_MS };
    this.#sounds = [...this.#sounds.filter(({ until }) => until > from - KEPT_MS), sound];
    return () => {
      sound.until = Math.min(sound.until, performance.now() + ECHO_MS);
    };
  }

  /** Is it possible that a microphone heard one of them at this moment? @param at performance.now(), ms */
  audible(at: number): boolean {
    return this.#sounds.some(({ from, until }) => from <= at && at <= until);
  }
}
