// A link by which a platform is claimed, made beside the running platform.
import { claimLink } from '../accounts/claim-requests.ts';
import { type BesideWhat, besidePlatform } from './beside-platform.ts';

/** The link; undefined when the platform has an administrator. */
export function newClaimLink(beside: BesideWhat): Promise<string | undefined> {
  return besidePlatform(beside, ({ store, clock, random, settings }) =>
    claimLink({ store, clock, random, publicUrl: () => settings.publicUrl }),
  );
}
