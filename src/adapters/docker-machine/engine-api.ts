// The Docker Engine API over a link: deadlines, bounds and errors are here, meanings are in the files of each subject.
import { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough, pipeline, Readable } from 'node:stream';
import Modem from 'docker-modem';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { EngineAgent } from './engine-agent.ts';
import { EngineRefusal, refusedWith, toBerthError } from './engine-errors.ts';
import { Lane, type Leave } from './lane.ts';
import type { Link } from './link.ts';
import { readAll } from './read-all.ts';
import type { Timeouts } from './timeouts.ts';
import { upgraded } from './upgraded.ts';
import { timeoutError, within } from './within.ts';

/** One request to the engine. */
export interface EngineRequest {
  /** What it is for, for messages. */
  readonly act: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without version and query; parts that come from outside are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: object;
  readonly tar?: Readable | Buffer;
  /** Statuses that the caller judges itself, as an EngineRefusal; every other refusal is a BerthError. */
  readonly judged?: readonly number[];
  readonly registry?: { readonly username: string; readonly password: string; readonly serveraddress: string };
}

/** Which bound a request counts against: `call` short answers, `transfer` bulk, `follow` streams that last, `watch` events. */
export type LaneName = 'call' | 'transfer' | 'follow' | 'watch';

/** sshd keeps about a thousand descriptors for one connection; together these stay well below. */
const LANES = {
  call: { places: 16, mayWait: 4096 },
  transfer: { places: 4, mayWait: 256 },
  follow: { places: 400, mayWait: 1024 },
  watch: { places: 8, mayWait: 64 },
} as const;

/**
 * After a piece of what is followed that is smaller than this, the next is let gather for so long: a flood comes in pieces of many lines
 * then, and a quiet log is not held up, because a piece is given on before the wait.
 */
const UNHURRIED_BYTES = 32 * 1024;
const UNHURRIED_MS = 2;

const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

/** One machine's engine. Every rejection is a BerthError, or an EngineRefusal of a status that the caller judges. */
export class EngineApi {
  readonly address: string;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #timeouts: Timeouts;
  readonly #agent: EngineAgent;
  readonly #modem: Modem;
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  #prefix = '';

  constructor(link: Link, clock: Clock, timeouts: Timeouts) {
    this.address = link.address;
    this.#link = link;
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#agent = new EngineAgent(() => link.openEngine());
    this.#modem = dockerModem(this.#agent, link.socketPath);
    this.#lanes = {
      call: new Lane(LANES.call),
      transfer: new Lane(LANES.transfer),
      follow: new Lane(LANES.follow),
      watch: new Lane(LANES.watch),
    };
  }

  /** Speaks this version of the API from now on. */
  speak(version: string): void {
    this.#prefix = `/v${version}`;
  }

  /** Sends a request and reads its whole answer; an empty one is ''. */
  async text(request: EngineRequest, lane: 'call' | 'transfer' = 'call'): Promise<string> {
    const delayMs = lane === 'call' ? this.#timeouts.callMs : this.#timeouts.transferMs;
    return this.#guard(request, () =>
      this.#within(request, delayMs, async (signal) => {
        const leave = await this.#enter(lane, request, signal);
        const body = bodyOf(request.tar);
        try {
          return await readAll(await this.#dial(request, body, signal), ANSWER_LIMIT_BYTES);
        } finally {
          if (body instanceof Readable) body.destroy();
          leave();
        }
      }),
    );
  }

  /**
   * Sends bytes, and then their end, over an exchange that the engine keeps open; resolves when the engine has agreed to take them. It takes
   * them in its own time, but the exchange is over after as long as a call may take.
   */
  async send(request: EngineRequest, bytes: Buffer): Promise<void> {
    const stream = await this.#guard(request, () =>
      this.#within(request, this.#timeouts.callMs, (signal) => this.#upgrade(request, signal)),
    );
    const cancel = this.#clock.after(this.#timeouts.callMs, () => stream.destroy());
    // What it was sent for fails by itself when this does.
    stream.on('error', cancel).once('close', cancel).resume().end(bytes);
  }

  /** Sends a request and reads its answer as JSON. The engine's documentation says what it is; callers pick what they need. */
  async json<T>(request: EngineRequest): Promise<T> {
    return JSON.parse(await this.text(request)) as T;
  }

  /**
   * An answer piece by piece. It ends quietly when the caller's signal aborts, and fails when the connection breaks, or for lanes other
   * than `follow` and `watch` after silence.
   */
  async *chunks(request: EngineRequest, lane: LaneName, signal: AbortSignal): AsyncGenerator<Buffer> {
    const own = new AbortController();
    const forward = () => own.abort();
    signal.addEventListener('abort', forward, { once: true });
    let leave: Leave = () => {};
    try {
      if (signal.aborted) return;
      leave = await this.#within(request, this.#timeouts.callMs, (inTime) =>
        this.#enter(lane, request, AbortSignal.any([inTime, own.signal])),
      );
      const reply = await this.#begin(request, lane, own);
      yield* this.#read(reply, request, lane, own);
    } catch (error) {
      if (!signal.aborted) throw this.#translated(error, request);
    } finally {
      own.abort();
      signal.removeEventListener('abort', forward);
      leave();
    }
  }

  /** An answer as a stream, once the engine has agreed to send it. Destroying it ends the transfer. */
  async download(request: EngineRequest): Promise<Readable> {
    const stop = new AbortController();
    const pieces = this.chunks(request, 'transfer', stop.signal);
    const first = await pieces.next();
    const stream = Readable.from(startedWith(first, pieces), { objectMode: false });
    stream.once('close', () => {
      stop.abort();
      // A stream that nobody has read from never started its source, which would keep its place.
      pieces.return(undefined).catch(() => {});
    });
    return stream;
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #begin(request: EngineRequest, lane: LaneName, own: AbortController): Promise<IncomingMessage> {
    const delayMs = lane === 'transfer' ? this.#timeouts.transferMs : this.#timeouts.callMs;
    return this.#within(request, delayMs, (inTime) => {
      inTime.addEventListener('abort', () => own.abort(inTime.reason), { once: true });
      return this.#dial(request, undefined, own.signal);
    });
  }

  async *#read(
    reply: IncomingMessage,
    request: EngineRequest,
    lane: LaneName,
    own: AbortController,
  ): AsyncGenerator<Buffer> {
    const breakOff = () => own.abort(this.#link.gone.reason);
    this.#link.gone.addEventListener('abort', breakOff, { once: true });
    const pieces: AsyncIterator<Buffer> = reply[Symbol.asyncIterator]();
    try {
      for (;;) {
        const piece = await this.#nextPiece(pieces, request, lane, own);
        if (piece.done) return;
        const gathered = lane === 'follow' ? withBuffered(piece.value, reply) : piece.value;
        yield gathered;
        if (lane === 'follow' && gathered.length < UNHURRIED_BYTES) await this.#pause();
      }
    } catch (error) {
      throw own.signal.reason instanceof BerthError ? own.signal.reason : error;
    } finally {
      this.#link.gone.removeEventListener('abort', breakOff);
      reply.destroy();
    }
  }

  async #nextPiece(
    pieces: AsyncIterator<Buffer>,
    request: EngineRequest,
    lane: LaneName,
    own: AbortController,
  ): Promise<IteratorResult<Buffer>> {
    if (lane === 'follow' || lane === 'watch') return pieces.next();
    const { idleMs } = this.#timeouts;
    const silence = timeoutError({ address: this.address, act: request.act, delayMs: idleMs });
    const cancel = this.#clock.after(idleMs, () => own.abort(silence));
    try {
      return await pieces.next();
    } finally {
      cancel();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(UNHURRIED_MS, resolve);
    });
  }

  async #enter(lane: LaneName, { act }: EngineRequest, signal: AbortSignal): Promise<Leave> {
    const leave = await this.#lanes[lane].enter(signal);
    if (!leave) throw new BerthError('machine.busy', { address: this.address, act });
    return leave;
  }

  #within<T>({ act }: EngineRequest, delayMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return within({ clock: this.#clock, delayMs, address: this.address, act, gone: this.#link.gone }, work);
  }

  async #guard<T>(request: EngineRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#translated(error, request);
    }
  }

  #translated(error: unknown, { act, judged = [] }: EngineRequest): unknown {
    if (refusedWith(error, ...judged)) return error;
    if (this.#link.gone.aborted) return this.#link.gone.reason;
    return toBerthError(error, { act, address: this.address });
  }

  async #dial(request: EngineRequest, body: Body, signal: AbortSignal): Promise<IncomingMessage> {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      this.#modem.dial(this.#dialOptions(request, body, signal), (error, answer) => {
        if (answer instanceof IncomingMessage) resolve(answer);
        else reject(error ?? new Error('the engine sent no answer'));
      });
    });
    const status = reply.statusCode ?? 0;
    if (status < 400) return reply;
    throw new EngineRefusal(status, await readAll(reply, ANSWER_LIMIT_BYTES));
  }

  async #upgrade({ path, query = {} }: EngineRequest, signal: AbortSignal): Promise<Duplex> {
    const words = Object.entries(query).map(([name, value]) => [name, String(value)]);
    const answer = await upgraded(this.#agent, `${this.#prefix}${path}?${new URLSearchParams(words)}`, signal);
    if ('stream' in answer) return answer.stream;
    throw new EngineRefusal(answer.refused.statusCode ?? 0, await readAll(answer.refused, ANSWER_LIMIT_BYTES));
  }

  #dialOptions(request: EngineRequest, body: Body, signal: AbortSignal) {
    return {
      path: `${this.#prefix}${request.path}?`,
      method: request.method,
      options: { _query: request.query ?? {}, _body: request.json ?? {} },
      ...(body ? { file: body } : {}),
      ...(request.registry ? { authconfig: { ...request.registry } } : {}),
      abortSignal: signal,
      isStream: true,
      statusCodes: ANY_STATUS,
    };
  }
}

/** A piece and all that came with it: node gives one of HTTP's chunks at a time, and the engine makes one of every line of a log. */
function withBuffered(first: Buffer, reply: IncomingMessage): Buffer {
  const pieces = [first];
  for (let piece: Buffer | null = reply.read(); piece !== null; piece = reply.read()) pieces.push(piece);
  return pieces.length === 1 ? first : Buffer.concat(pieces);
}

/** A request's body while it is sent. */
type Body = Readable | Buffer | undefined;

/** A source that ends too early becomes an error of the request, and a request that fails ends its source. */
function bodyOf(tar: Readable | Buffer | undefined): Body {
  if (!(tar instanceof Readable)) return tar;
  return pipeline(tar, new PassThrough(), () => {});
}

/**
 * Takes every answer as a stream, because the library's own readers keep whole logs in memory and hang on answers that break off. It reads
 * DOCKER_* variables for whatever is not given here.
 */
function dockerModem(agent: EngineAgent, socketPath: string): Modem {
  const unset = {
    host: undefined,
    port: undefined,
    timeout: undefined,
    key: undefined,
    cert: undefined,
    ca: undefined,
  };
  const options = { ...unset, agent, socketPath, protocol: 'http' as const };
  return new Modem(options);
}

async function* startedWith(first: IteratorResult<Buffer>, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
