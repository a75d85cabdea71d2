// What the routes answer, as types alone: clients need no schemas for that.
import type { z } from 'zod';
import type { RouteName } from './endpoints.ts';
import type { ROUTES } from './routes.ts';

/** What a route answers. */
export type AnswerOf<N extends RouteName> = (typeof ROUTES)[N]['answer'] extends z.ZodType
  ? z.output<(typeof ROUTES)[N]['answer']>
  : never;

/** A route that answers a page of a list. */
export type PagedRoute = {
  [N in RouteName]: AnswerOf<N> extends { readonly items: readonly unknown[]; readonly next?: string | undefined }
    ? N
    : never;
}[RouteName];

/** What such a route lists. */
export type ItemOf<N extends PagedRoute> = AnswerOf<N> extends { readonly items: readonly (infer I)[] } ? I : never;
