import { BerthError } from '../../model/errors.ts';

/** What yauzl says of a zip that it cannot read; undefined when the error is another's, such as a disk's or a blob's. */
export function zipFault(error: unknown): string | undefined {
  // yauzl throws plain errors, without a code; everything else that can fail here has one.
  return error instanceof Error && !(error instanceof BerthError) && !('code' in error) ? error.message : undefined;
}
