// Into which project an upload goes: that of its application, or where its caller may have new ones.
import { DEFAULT_PROJECT, mayIn } from '../../model/access.ts';
import { BerthError } from '../../model/errors.ts';
import type { Store } from '../../ports/store.ts';
import type { Asked } from '../handler.ts';
import { projectOf } from '../route-access.ts';

/** The project of an application that is uploaded. @throws request.not-found, account.not-allowed, request.invalid */
export async function projectFor(
  store: Store,
  { query, access, caller }: Pick<Asked<'pushPackage'>, 'query' | 'access' | 'caller'>,
  application: string,
): Promise<string> {
  const present = await projectOf(store, application);
  if (present !== null) {
    await access.require(application);
    return present;
  }
  const project = query.project ?? ordinaryProject(caller);
  access.requireIn(project);
  if (project !== DEFAULT_PROJECT && !(await store.get('project', project)))
    throw new BerthError('request.not-found', { what: 'project', id: project });
  return project;
}

/** The default project, or else the only one in which the caller may have applications. */
function ordinaryProject({ access }: Asked<'pushPackage'>['caller']): string {
  if (mayIn(access, 'applications:write', DEFAULT_PROJECT)) return DEFAULT_PROJECT;
  const own = Object.keys(access.projects).filter((project) => mayIn(access, 'applications:write', project));
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  throw new BerthError('request.invalid', { detail: `Say which project it goes into: ${own.join(', ')}.` });
}
