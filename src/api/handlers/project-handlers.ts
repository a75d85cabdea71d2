// Routes of projects.
import { requireUnlimited } from '../../accounts/account-reads.ts';
import { listProjects, showProject } from '../../accounts/project-reads.ts';
import { addProject, changeProject, moveApplication, removeProject } from '../../accounts/project-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { projectView } from '../views/account-views.ts';

type ProjectRoute = 'listProjects' | 'addProject' | 'changeProject' | 'removeProject' | 'moveApplication';

/** Handlers of projects. */
export function projectHandlers({ store, accounts }: ApiParts): Pick<Handlers, ProjectRoute> {
  const view = async (project: string) => projectView(await showProject(store, project));
  return {
    listProjects: async ({ caller }) => ({ items: (await listProjects(store, caller.access)).map(projectView) }),
    addProject: async ({ caller, body: { name, description } }) => {
      await requireUnlimited(store, caller);
      await addProject(accounts, name, description);
      return view(name);
    },
    changeProject: async ({ caller, params, body }) => {
      await requireUnlimited(store, caller);
      await changeProject(accounts, params.project, body.description);
      return view(params.project);
    },
    removeProject: async ({ caller, params }) => {
      await requireUnlimited(store, caller);
      await removeProject(accounts, params.project);
      return { removed: params.project };
    },
    moveApplication: async ({ caller, params: { application }, body: { project } }) => {
      await requireUnlimited(store, caller);
      await moveApplication(accounts, application, project);
      return { application, project };
    },
  };
}
