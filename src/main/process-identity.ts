// Who this process is among those of the platform.
import { hostname } from 'node:os';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import { ROLES, type Role } from '../model/role.ts';
import type { Random } from '../ports/random.ts';

/** Names of a process, and what it may do. */
export interface ProcessIdentity {
  readonly component: string;
  /** A new one at each start. */
  readonly run: string;
  /** Component and run: whom leases name. */
  readonly owner: string;
  readonly machine: string;
  readonly roles: ReadonlySet<Role>;
}

/** From the settings. @throws platform.setting-invalid */
export function processIdentity(settings: Settings, random: Random): ProcessIdentity {
  const roles = rolesOf(settings.roles);
  const machine = settings.machine || hostname();
  const component = settings.component || `${machine}-${roles.size === ROLES.length ? 'all' : [...roles].join('-')}`;
  const run = random.id(10);
  return { component, run, owner: `${component}/${run}`, machine, roles };
}

function rolesOf(names: readonly string[]): ReadonlySet<Role> {
  if (names.length === 0) return new Set(ROLES);
  const unknown = names.find((name) => !(ROLES as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const detail = `BERTH_ROLES names ${unknown}; roles are ${ROLES.join(', ')}`;
    throw new BerthError('platform.setting-invalid', { detail });
  }
  return new Set(names as readonly Role[]);
}
