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

/** A page of those items of a list that are wanted. It may hold fewer than asked for though more follow. */
export async function filteredPage<T>(
  asked: { readonly limit: number; readonly after?: string | undefined },
  read: (page: PageRequest) => Promise<PageOf<T>>,
  isWanted: (item: T) => boolean,
): Promise<PageOf<T>> {
  const items: T[] = [];
  let { after } = asked;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await read(pageRequest({ limit: asked.limit - items.length, after }));
    items.push(...page.items.filter(isWanted));
    after = page.next;
    if (after === undefined || items.length >= asked.limit) break;
  }
  return after === undefined ? { items } : { items, next: after };
}
