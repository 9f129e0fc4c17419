/**
 * Random numbers that can be had again: a test prints its seed when it fails, and $CHAOS_SEED brings the same numbers.
 * The moments that come of them are those of a clock, so a failure may need a few tries.
 */
export const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** Numbers from 0 up to (not) 1, the same for the same stream of the seed (mulberry32). */
export function randomOf(stream: number): () => number {
  let state = (seed + Math.imul(stream, 0x9e3779b9)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
