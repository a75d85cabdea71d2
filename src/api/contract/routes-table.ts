// The table of all routes in the page about the API, made from the contract.

import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';

/** Where the table stands in the page. */
const TABLE_BEGIN = '<!-- The table of routes is generated. -->';

/** Where it ends. */
const TABLE_END = '<!-- End of the table of routes. -->';

/** The table as Markdown. */
function routesTable(): string {
  const rows = Object.values<Endpoint>(ENDPOINTS).map(
    ({ method, path, permission, summary }) => `| ${method} | \`${path}\` | \`${permission}\` | ${summary} |\n`,
  );
  return `| Method | Path | Permission | What it does |\n|---|---|---|---|\n${rows.join('')}`;
}

/** A page with the table in its place. @throws RangeError for a page without a place for it */
export function withRoutesTable(page: string): string {
  const [begin, end] = [page.indexOf(TABLE_BEGIN), page.indexOf(TABLE_END)];
  if (begin < 0 || end < begin) throw new RangeError('The page has no place for the table of routes');
  return `${page.slice(0, begin + TABLE_BEGIN.length)}\n\n${routesTable()}\n${page.slice(end)}`;
}
