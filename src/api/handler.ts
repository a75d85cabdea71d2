// What handles a route: typed by the route's schemas, so that a handler that is missing or answers something else does not compile.
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Caller } from '../model/access.ts';
import type { RouteName } from './contract/endpoints.ts';
import type { ROUTES } from './contract/routes.ts';
import type { RouteAccess } from './route-access.ts';
import type { SessionCookie } from './session-cookie.ts';

type RouteOf<N extends RouteName> = (typeof ROUTES)[N];
type BodyOf<R> = R extends { readonly body: infer B } ? (B extends z.ZodType ? z.output<B> : SentBody<B>) : undefined;

/** An instance file is its text, or the value of a JSON body. */
type SentBody<B> = B extends 'zip' ? Readable : B extends 'calendar' | 'reading' ? Uint8Array : unknown;

type QueryOf<R> = R extends { readonly query: infer Q extends z.ZodType } ? z.output<Q> : Record<string, never>;

/** The names in a path such as `/jobs/:job`. */
type ParamsOf<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsOf<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** A request as its handler sees it: already checked against the route's schemas. */
export interface Asked<N extends RouteName> {
  readonly params: Readonly<Record<ParamsOf<RouteOf<N>['path']>, string>>;
  readonly query: QueryOf<RouteOf<N>>;
  readonly body: BodyOf<RouteOf<N>>;
  readonly caller: Caller;
  /** What the caller sees of applications, by the permission of the route; where that is none of projects, by `applications:read`. */
  readonly access: RouteAccess;
  /** Network address and program that ask. */
  readonly from: { readonly address: string; readonly agent: string };
  /** Of the browser that asks. */
  readonly cookie: SessionCookie;
  /** Aborts when the client has gone or the server closes. */
  readonly signal: AbortSignal;
  /** Of a stream that is taken up again. */
  readonly lastEventId: string | undefined;
  /** What the client calls this request (header `Idempotency-Key`), so that it may be sent again; only making jobs by hand heeds it. */
  readonly idempotencyKey: string | undefined;
}

/** One message of a server-sent stream. */
export interface Message {
  readonly event: string;
  readonly id?: string;
  readonly data: unknown;
}

/** Raw contents. */
export interface Bytes {
  readonly contentType: string;
  readonly contents: Readable;
  /** Under which a browser saves them. */
  readonly fileName?: string;
  readonly sizeBytes?: number;
}

type AnswerOf<A> = A extends 'stream'
  ? AsyncIterable<Message>
  : A extends 'bytes'
    ? Bytes
    : A extends z.ZodType
      ? z.output<A>
      : never;

/** What handles one route. */
export type Handler<N extends RouteName> = (asked: Asked<N>) => Promise<AnswerOf<RouteOf<N>['answer']>>;

/** A handler for every route. */
export type Handlers = { readonly [N in RouteName]: Handler<N> };
