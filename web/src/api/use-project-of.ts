// In which project an application is: by it the viewer's rights on whatever belongs to the application are judged.
import { DEFAULT_PROJECT } from '../../../src/model/access.ts';
import { useAnswer } from './use-answer.ts';

const SELDOM_MS = 60_000;
const MOST = 1_000;

/** The project of each application by name; the default one for those that are not known. */
export function useProjectOf(): (application: string) => string {
  const { data } = useAnswer('listApplications', { query: { limit: MOST } }, { everyMs: SELDOM_MS });
  const projects = new Map(data?.items.map(({ name, project }) => [name, project]));
  return (application) => projects.get(application) ?? DEFAULT_PROJECT;
}
