// Who looks at the console, and what they may do: pages and buttons that they may not use are not shown. The platform judges again.

import { mayAnywhere, mayEverywhere, mayIn } from '../../../src/model/access.ts';
import type { Permission } from '../../../src/model/permission.ts';
import { useAnswer } from './use-answer.ts';

const SELDOM_MS = 60_000;

/** What the viewer may do. */
export interface Rights {
  /** Anywhere at all: for pages and lists. */
  anywhere(permission: Permission): boolean;
  /** In the project of what is shown; without one, on what the platform shares. */
  here(permission: Permission, project?: string): boolean;
}

/** The viewer, as the platform knows them. */
export function useMe() {
  return useAnswer('me', {}, { everyMs: SELDOM_MS });
}

/** The viewer's rights; nobody has any. */
export function useRights(): Rights {
  const access = useMe().data?.access ?? { everywhere: [], projects: {} };
  return {
    anywhere: (permission) => mayAnywhere(access, permission),
    here: (permission, project) =>
      project === undefined ? mayEverywhere(access, permission) : mayIn(access, permission, project),
  };
}
