// vitest runs this once around a run: its process owns whatever the workers start in the world, and clears it up at the end.
import { becomeOwner, releaseTestEngine } from './engine.ts';

/** Names the run; resolves to what ends its part of the world. */
export default function setUp(): () => Promise<void> {
  return becomeOwner() ? releaseTestEngine : async () => {};
}
