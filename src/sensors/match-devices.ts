// Shares devices out between names that would all take the same ones, so that as many as possible get what they need: a maximum matching by
// augmenting paths (Kuhn, 1955), in the order of the names and of their preferences. Pure.

/** A name that wants some of the devices that suit it, the best first. */
export interface Claim {
  readonly count: number;
  /** Ids of devices, each once. */
  readonly suitable: readonly string[];
}

/** The devices of each claim, in the order of its preference; no device is given twice. */
export function matchDevices(claims: readonly Claim[]): readonly (readonly string[])[] {
  const matching = new Matching(claims);
  for (const [index, { count }] of claims.entries()) matching.serve(index, count);
  return claims.map(({ suitable }, index) => suitable.filter((device) => matching.ownerOf(device) === index));
}

/** Beside its own, a claim can lose at most what all the others take: more candidates than all want together change nothing. */
class Matching {
  readonly #suitable: readonly (readonly string[])[];
  readonly #owners = new Map<string, number>();

  constructor(claims: readonly Claim[]) {
    const wanted = claims.reduce((sum, { count }) => sum + count, 0);
    this.#suitable = claims.map(({ suitable }) => suitable.slice(0, wanted));
  }

  ownerOf(device: string): number | undefined {
    return this.#owners.get(device);
  }

  serve(claim: number, count: number): void {
    for (let served = 0; served < count; served++) if (!this.#serveOne(claim)) return;
  }

  /** Breadth first, so that as few others as possible are given another device. */
  #serveOne(claim: number): boolean {
    const reachedBy = new Map<string, { readonly claim: number; readonly from: string | null }>();
    const queue: { readonly claim: number; readonly from: string | null }[] = [{ claim, from: null }];
    const seen = new Set([claim]);
    for (let step = queue.shift(); step; step = queue.shift()) {
      for (const device of this.#suitable[step.claim] ?? []) {
        const owner = this.#owners.get(device);
        if (reachedBy.has(device) || owner === step.claim) continue;
        reachedBy.set(device, step);
        if (owner === undefined) return this.#give(device, reachedBy);
        if (seen.has(owner)) continue;
        seen.add(owner);
        queue.push({ claim: owner, from: device });
      }
    }
    return false;
  }

  #give(free: string, reachedBy: ReadonlyMap<string, { readonly claim: number; readonly from: string | null }>): true {
    for (let device: string | null = free; device !== null; ) {
      const step = reachedBy.get(device);
      if (!step) break;
      this.#owners.set(device, step.claim);
      device = step.from;
    }
    return true;
  }
}
