/** Rendezvous hashing: assigns keys to places, so that a change of the number of places moves as few keys as possible. */

/**
 * The place of a key, from 0 to `places` - 1: the one whose hash together with the key is the largest (Thaler and Ravishankar 1998).
 * With one place more, 1 of n + 1 keys moves, each to the new place. O(places).
 */
export function placeOf(key: string, places: number): number {
  let best = 0;
  let most = -1;
  for (let place = 0; place < places; place++) {
    const weight = hash(`${place}\n${key}`);
    if (weight > most) [best, most] = [place, weight];
  }
  return best;
}

/** FNV-1a over UTF-16 units, then the finalizer of MurmurHash3, which spreads keys that differ in the last digit alone. 32 bits, unsigned. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
