// The page docs/permissions.md as a reader takes it: which route is for whom.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the page says of one route. */
export interface DocumentedRoute {
  readonly permission: string;
  readonly on: string;
  readonly administrator: string;
  readonly developer: string;
  readonly configurer: string;
  readonly user: string;
  readonly nobody: string;
  readonly stranger: string;
}

const COLUMNS = 11;

/** All routes of the page, by name. */
export async function documentedRoutes(): Promise<ReadonlyMap<string, DocumentedRoute>> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/permissions.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
    return cells.length === COLUMNS && cells[2]?.startsWith('/') ? [cells] : [];
  });
  return new Map(
    rows.map(([name = '', , , ...rest]) => {
      const [permission = '', on = '', administrator = '', developer = '', configurer = '', ...more] = rest;
      const [user = '', nobody = '', stranger = ''] = more;
      return [name, { permission, on, administrator, developer, configurer, user, nobody, stranger }];
    }),
  );
}
