/** A microphone may hear a loudspeaker this long after the player has ended (buffers, and the room), ms. */
const ECHO_MS = 150;
/** A cue lasts 0.15 s: a player that runs longer than this is silent, ms. */
const MOST_MS = 1_000;
/** Sounds are forgotten after this time, ms: more than the pre-roll of a recording. */
const KEPT_MS = 5_000;

/** Knows when sounds of this program may reach a microphone beside the loudspeaker. */
export class Loudspeaker {
  #sounds: { from: number; until: number }[] = [];

  /** Records that a sound begins; call the result at its end. @param most maximum duration, ms */
  begin(most = MOST_MS): () => void {
    const from = performance.now();
    const sound = { from, until: from + most + ECHO_MS };
    this.#sounds = [...this.#sounds.filter(({ until }) => until > from - KEPT_MS), sound];
    return () => {
      sound.until = Math.min(sound.until, performance.now() + ECHO_MS);
    };
  }

  /** True if a microphone could have heard a sound at this time. @param at performance.now(), ms */
  audible(at: number): boolean {
    return this.#sounds.some(({ from, until }) => from <= at && at <= until);
  }
}
