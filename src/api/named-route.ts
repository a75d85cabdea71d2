// One route of the contract with what handles it.
import type { RouteName } from './contract/endpoints.ts';
import type { Route } from './contract/route.ts';
import type { Asked } from './handler.ts';

/** A route with its name and handler; which answer belongs to which route was checked where the table was made. */
export interface NamedRoute {
  readonly name: RouteName;
  readonly route: Route;
  readonly handle: (asked: Asked<never>) => Promise<unknown>;
}
