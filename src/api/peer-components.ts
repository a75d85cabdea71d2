// What a process answers to others about the components of its machine: whether it can be given any, that it is given one, that one goes.
//
//   GET    /peer/v1/components                          204: it can
//   PUT    /peer/v1/components/<name>?like=…&roles=…    204: its supervisor runs it
//   DELETE /peer/v1/components/<name>                   204: not any more
import { COMPONENT_NAME } from '../model/component-name.ts';
import { BerthError } from '../model/errors.ts';
import { ROLES, type Role } from '../model/role.ts';
import type { LocalComponents } from '../ports/component-host.ts';

/** Path of all of it. */
export const COMPONENTS_PATH = '/peer/v1/components';

/** One request, whose seal has passed. */
export interface ComponentsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

/** Does what is asked. @throws component.unsupervised, component.cannot-run, request.no-route, request.invalid */
export async function answerComponents(
  local: LocalComponents | null,
  { method, path, query }: ComponentsRequest,
): Promise<void> {
  if (!local) throw new BerthError('component.unsupervised');
  const isAll = path === COMPONENTS_PATH;
  if (isAll && method === 'GET') return;
  const name = isAll ? '' : named(path.slice(COMPONENTS_PATH.length + 1));
  if (!isAll && method === 'DELETE') return local.remove(name);
  if (isAll || method !== 'PUT') throw new BerthError('request.no-route', { method, url: path });
  const wish = new URLSearchParams(query);
  return local.place({ name, like: named(wish.get('like') ?? ''), roles: rolesIn(wish.get('roles') ?? '') });
}

function named(text: string): string {
  if (COMPONENT_NAME.test(text)) return text;
  throw new BerthError('request.invalid', { detail: 'It names no component.' });
}

function rolesIn(text: string): readonly Role[] {
  const roles = ROLES.filter((role) => text.split(',').includes(role));
  if (roles.length > 0 && roles.length === text.split(',').length) return roles;
  throw new BerthError('request.invalid', { detail: 'It names no roles.' });
}
