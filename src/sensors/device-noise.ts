// Chance that is a function: the same seed and the same place give the same value, whoever asks and in whatever order. A device can so be
// asked for any moment, and a simulation need keep nothing.

/** A number that stands for a text: FNV-1a, 32 bits (G. Fowler, L. C. Noll, P. Vo). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Uniform in [0, 1) for each whole number: the finalizer of MurmurHash3 (A. Appleby) over both halves of the number. */
export function chanceAt(seed: number, place: number): number {
  const mixed = mix(mix(seed ^ place) ^ Math.floor(place / 2 ** 32));
  return mixed / 2 ** 32;
}

/** Normally distributed for each whole number, mean 0 and deviation 1 (Box and Muller, 1958); never beyond 6. */
export function bellAt(seed: number, place: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chanceAt(seed, place)));
  const value = radius * Math.cos(2 * Math.PI * chanceAt(seed ^ 0x5bd1e995, place));
  return Math.max(-6, Math.min(6, value));
}

/** A smooth wander between -1 and 1 that takes about `period` to change: cosine interpolation between a value per period. */
export function wanderAt(seed: number, at: number, period: number): number {
  const place = Math.floor(at / period);
  const share = (1 - Math.cos(Math.PI * (at / period - place))) / 2;
  return 2 * (chanceAt(seed, place) * (1 - share) + chanceAt(seed, place + 1) * share) - 1;
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
