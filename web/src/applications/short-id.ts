// Ids of packages as people compare them.

const SHOWN = 12;

/** The beginning of a package's id, as the command line shows it too. */
export function shortId(id: string): string {
  return id.slice(0, SHOWN);
}
