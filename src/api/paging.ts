// Pages: as they are asked for and as they are answered.

/** Which page of a list. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

interface PageOf<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** What a page is asked for with; a cursor that is not given is left out. */
export function pageRequest({
  limit,
  after,
}: {
  readonly limit: number;
  readonly after?: string | undefined;
}): PageRequest {
  return after === undefined ? { limit } : { limit, after };
}

/** A page with each item as the API answers it. */
export function paged<T, V>(page: PageOf<T>, view: (item: T) => V): { items: V[]; next?: string } {
  const items = page.items.map(view);
  return page.next === undefined ? { items } : { items, next: page.next };
}

/** Pages that are looked through for one page of what is wanted, at most. */
const MOST_PAGES = 20;

/** Items that are looked at together where few of them are wanted. */
const LOOKED_AT = 500;

/** A page of those items of a list that are wanted. It may hold fewer than asked for though more follow. */
export async function filteredPage<T>(
  asked: { readonly limit: number; readonly after?: string | undefined },
  read: (page: PageRequest) => Promise<PageOf<T>>,
  isWanted: (item: T) => boolean | Promise<boolean>,
): Promise<PageOf<T>> {
  const items: T[] = [];
  let { after } = asked;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const missing = asked.limit - items.length;
    const limit = pages === 0 ? missing : Math.max(missing, LOOKED_AT);
    const page = await fittingPage((size) => read(pageRequest({ limit: size, after })), isWanted, { limit, missing });
    items.push(...page.items);
    after = page.next;
    if (after === undefined || items.length >= asked.limit) break;
  }
  return after === undefined ? { items } : { items, next: after };
}

/** The wanted ones of a page; of too many, those of a page that ends with the last that is missing: only whole pages have a place to go on. */
async function fittingPage<T>(
  read: (limit: number) => Promise<PageOf<T>>,
  isWanted: (item: T) => boolean | Promise<boolean>,
  { limit, missing }: { readonly limit: number; readonly missing: number },
): Promise<PageOf<T>> {
  const page = await read(limit);
  const verdicts = await Promise.all(page.items.map(isWanted));
  const wanted = verdicts.flatMap((isOne, index) => (isOne ? [index] : []));
  const last = wanted[missing - 1];
  if (last !== undefined && wanted.length > missing) return fittingPage(read, isWanted, { limit: last + 1, missing });
  const items = page.items.filter((_, index) => verdicts[index]);
  return page.next === undefined ? { items } : { items, next: page.next };
}
