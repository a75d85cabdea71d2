// What the bench uses of the neighbours' packages. They are installed by the bench alone, in this directory, and not by those who check the
// types of Berth: hence these few lines in place of the packages' own.

declare module 'pg' {
  export interface Client {
    query(...words: readonly unknown[]): Promise<unknown>;
    on(event: 'error', heard: (error: Error) => void): this;
  }
  export class Pool {
    constructor(options: { readonly connectionString: string; readonly max: number });
    query(text: string): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
    on(event: 'connect', heard: (client: Client) => void): this;
    on(event: 'error', heard: (error: Error) => void): this;
    end(): Promise<void>;
  }
}

declare module 'graphile-worker' {
  import type { Pool } from 'pg';

  export interface JobSpec {
    readonly identifier: string;
    readonly payload: unknown;
    readonly jobKey?: string;
    readonly runAt?: Date;
  }
  export interface WorkerUtils {
    migrate(): Promise<void>;
    addJob(identifier: string, payload: unknown, spec: Pick<JobSpec, 'jobKey' | 'runAt'>): Promise<unknown>;
    addJobs(jobs: readonly JobSpec[]): Promise<unknown>;
    release(): Promise<void>;
  }
  export interface Runner {
    stop(): Promise<void>;
  }
  export interface Helpers {
    readonly job: { readonly id: string; readonly key: string | null };
  }
  export class Logger {
    constructor(factory: () => () => void);
  }
  export function makeWorkerUtils(options: { readonly pgPool: Pool; readonly logger: Logger }): Promise<WorkerUtils>;
  export function run(options: {
    readonly pgPool: Pool;
    readonly noHandleSignals: boolean;
    readonly taskList: Readonly<Record<string, (payload: unknown, helpers: Helpers) => Promise<void>>>;
    readonly preset: { readonly worker: Readonly<Record<string, unknown>> };
  }): Promise<Runner>;
}

declare module 'ioredis' {
  export class Redis {
    constructor(options: { readonly path: string; readonly maxRetriesPerRequest: null });
    quit(): Promise<unknown>;
  }
}

declare module 'bullmq' {
  import type { Redis } from 'ioredis';

  interface Shared {
    readonly connection: Redis;
  }
  export interface JobOptions {
    readonly jobId: string;
    readonly delay?: number;
    readonly removeOnComplete: boolean;
  }
  export interface NewJob {
    readonly name: string;
    readonly data: object;
    readonly opts: JobOptions;
  }
  export class Queue {
    constructor(name: string, options: Shared);
    waitUntilReady(): Promise<unknown>;
    add(name: string, data: object, options: JobOptions): Promise<unknown>;
    addBulk(jobs: readonly NewJob[]): Promise<unknown>;
    getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>;
    close(): Promise<void>;
  }
  export class Worker {
    constructor(
      name: string,
      work: (job: { readonly id: string }) => Promise<void>,
      options: Shared & { readonly concurrency: number },
    );
    on(event: 'completed', heard: (job: { readonly id: string }) => void): this;
    on(event: 'error', heard: (error: Error) => void): this;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }
}
