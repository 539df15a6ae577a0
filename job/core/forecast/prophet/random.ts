/** A seeded generator of uniform, normal and Laplace numbers: the same inputs give the same bytes. */

/** Uniform numbers in [0, 1), 32 bits of resolution; each call gives the next. */
export type Random = () => number;

/**
 * The generator xoshiro128** (Blackman and Vigna 2018). Splitmix-style mixing of the seed fills its four words.
 * @param seed any finite number; only its integer part modulo 2^32 counts
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const word = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = word();
  let b = word();
  let c = word();
  let d = word();
  return () => {
    const m = Math.imul(b, 5);
    const out = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return out / 4294967296;
  };
}

/** Fills `out` with standard normal numbers (Box and Muller 1958; two uniforms give two normals). */
export function fillNormal(out: Float64Array, random: Random): void {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
}

/** One Laplace number of mean 0 and the given scale, by inversion. */
export function laplace(scale: number, random: Random): number {
  const u = random() - 0.5;
  return u < 0 ? scale * Math.log(1 + 2 * u) : -scale * Math.log(1 - 2 * u);
}
