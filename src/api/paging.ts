// Pages: as they are asked for and as they are answered.

/** What a page is asked for with; a cursor that is not given is left out. */
export function pageRequest({ limit, after }: { readonly limit: number; readonly after?: string | undefined }): {
  readonly limit: number;
  readonly after?: string;
} {
  return after === undefined ? { limit } : { limit, after };
}

/** A page with each item as the API answers it. */
export function paged<T, V>(
  page: { readonly items: readonly T[]; readonly next?: string },
  view: (item: T) => V,
): { items: V[]; next?: string } {
  const items = page.items.map(view);
  return page.next === undefined ? { items } : { items, next: page.next };
}
