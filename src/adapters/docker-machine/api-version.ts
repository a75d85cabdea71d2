// Which version of the Docker Engine API is spoken with an engine.
import { BerthError } from '../../model/errors.ts';

/** What GET /version says (any API version). */
export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  /** Go's name of the architecture: amd64, arm64, … */
  readonly Arch: string;
}

/** Docker 20.10; the first whose every answer that is read here has its present form. */
const OLDEST = '1.41';
/** The newest whose changes were read against what is asked here. */
const NEWEST = '1.52';

/** The newest version that both sides know. @throws machine.engine-too-old, machine.engine-too-new */
export function negotiateVersion({
  Version: version,
  ApiVersion: newest,
  MinAPIVersion: oldest = newest,
}: EngineVersion): string {
  if (compare(newest, OLDEST) < 0) {
    throw new BerthError('machine.engine-too-old', { version, api: newest, needed: OLDEST });
  }
  if (compare(oldest, NEWEST) > 0) {
    throw new BerthError('machine.engine-too-new', { version, api: oldest, known: NEWEST });
  }
  return compare(newest, NEWEST) < 0 ? newest : NEWEST;
}

/** Below zero when `a` is the older one: 1.9 is older than 1.41. */
function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
