// Where a call of a route goes.
import type { Endpoint } from './endpoint.ts';

/** What stands in the address of a call. */
export interface CallWords {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

/** Path and query of a call; what is undefined is left out. */
export function callPath(route: Endpoint, { params = {}, query = {} }: CallWords): string {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
