// A live stream lasts as long as the right to it: whoever listens is judged again now and then, as if they asked anew.
import type { FastifyRequest } from 'fastify';
import { authenticate, authorise } from './authentication.ts';
import type { Route } from './contract/route.ts';
import type { RouteParts } from './exchange.ts';
import type { CallerSight } from './route-access.ts';

const EVERY_MS = 10_000;

/** A stream whose listener is judged until it ends. */
export interface JudgedStream {
  /** Aborts when the listener lost the right; its reason is the refusal. */
  readonly refused: AbortSignal;
  stop(): void;
}

/** Judges the listener of a stream again and again: a session or token that ended, a role that was taken away, an application that moved. */
export function keepJudging(
  parts: RouteParts,
  route: Route,
  request: FastifyRequest,
  sight: CallerSight,
): JudgedStream {
  const refusal = new AbortController();
  const { clock } = parts;
  let isOver = false;
  let cancel = clock.after(EVERY_MS, judge);
  function judge(): void {
    judgeOnce().then(
      () => {
        if (!isOver) cancel = clock.after(EVERY_MS, judge);
      },
      (error: unknown) => refusal.abort(error),
    );
  }
  async function judgeOnce(): Promise<void> {
    const caller = await authenticate(parts, route, request);
    await authorise(parts, route, caller, request.params as Readonly<Record<string, string>>);
    sight.renew(caller);
  }
  const stop = () => {
    isOver = true;
    cancel();
  };
  return { refused: refusal.signal, stop };
}
