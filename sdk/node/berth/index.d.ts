// The types of Berth's SDK for Node.

/** One JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

// What this run is.

export interface Job {
  /** Id of the job. */
  readonly id: string;
  /** Id of the task: this attempt at this slot, and the name of its container. */
  readonly task: string;
  /** Id of the instance that the job runs. */
  readonly instance: string;
  /** Name of the application. */
  readonly application: string;
  /** Name of the algorithm. */
  readonly algorithm: string;
  /** Which of the job's copies this is, from 0. */
  readonly slot: number;
  /** How many copies of the algorithm the job runs. */
  readonly copies: number;
  /** How often this slot has been filled, this task included; from 1. */
  readonly attempt: number;
  /** How often the algorithm was started in this container, this start included; from 1. */
  readonly run: number;
  /** Parameters given to the instance. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When the job was due. */
  readonly scheduledAt: Date;
  /** When the job must end; null when it may run for ever. Follows changes made while the job runs. */
  readonly deadline: Date | null;
  /** Aborts when the job should end. Like the three below, its first use takes over TERM, which then ends the process no more by itself. */
  readonly signal: AbortSignal;
  /** Whether the job should end. */
  stopping(): boolean;
  /** Resolves after so many seconds, or when the job should end; to whether it should. */
  wait(seconds: number): Promise<boolean>;
  /** Calls back once, when the job should end; at once when it should already. */
  onStop(callback: () => unknown): void;
}

/** What this run is, how long it may last, and whether it should end. */
export declare const job: Job;

// Log and results.

export interface Log {
  /** What only helps to find a fault. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The ordinary course of things. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What someone should look at. */
  warning(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What failed. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Structured log lines: one line of JSON each on standard error. */
export declare const log: Log;

export interface Output {
  /** Hands over a text. Durable when the call returns, though its promise is not waited for. @throws SpoolFull */
  write(text: string, options?: { readonly name?: string }): Promise<void>;
  /** Hands over a value as JSON; NaN and infinities are refused. Durable when the call returns. @throws SpoolFull */
  json(value: unknown, options?: { readonly name?: string }): Promise<void>;
  /** Hands over a file's present content, under its own name unless another is given. Durable when the promise resolves. @throws SpoolFull */
  file(path: string | URL, options?: { readonly name?: string; readonly contentType?: string }): Promise<void>;
}

/** Results, handed to the platform. */
export declare const output: Output;

// Sensors and controls.

export interface Field {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'string' | 'object';
  readonly unit: string;
  readonly range?: readonly [number, number];
}

/** What a sensor measured at one moment. */
export interface Reading<Value = any> {
  /** Id of the sensor. */
  readonly sensor: string;
  /** Which of the sensors of its name it is, from 0. */
  readonly index: number;
  /** Grows with every reading of the platform. */
  readonly sequence: number;
  readonly at: Date;
  /** What was measured, by field. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The value itself where the sensor measures one thing; otherwise the same as `values`. */
  readonly value: Value;
}

export interface Sensor {
  /** What the platform knows of it; `rate` is in readings per second. */
  about(): Promise<{ id: string; name: string; location: string; rate: number; fields: readonly Field[] }>;
  /** Its last reading; null when it has given none. */
  latest<Value = any>(): Promise<Reading<Value> | null>;
  /** Its readings of the last so many seconds, oldest first. */
  window<Value = any>(seconds: number): Promise<Reading<Value>[]>;
  /** Its readings from now on as they come, at most `rate` in a second, until the job is to end. */
  stream<Value = any>(options?: { readonly rate?: number }): AsyncGenerator<Reading<Value>, void, undefined>;
}

/** Devices that one name stands for. */
export interface Named<Device> extends AsyncIterable<Device> {
  readonly [index: number]: Device;
  at(index: number): Device;
  count(): Promise<number>;
  all(): Promise<Device[]>;
}

/** `latest`, `window` and `about` are those of the only sensor; `stream` is of all, and a reading's `index` tells whose it is. */
export interface SensorName extends Omit<Sensor, 'about'>, Named<Sensor> {}

/** The sensors of this task by name; iterating gives the names. */
export declare const sensors: { readonly [name: string]: SensorName } & AsyncIterable<string>;

export interface Control {
  /** What the platform knows of it, and what it can be told. */
  about(): Promise<{
    id: string;
    name: string;
    location: string;
    controls: readonly { readonly name: string; readonly parameters: readonly Field[] }[];
  }>;
  /** Tells it the only thing that it can be told; resolves to its answer when it has acknowledged. @throws ControlFailed */
  set(parameters?: Readonly<Record<string, unknown>>): Promise<any>;
  /** Tells it to do something; resolves to its answer when it has acknowledged. @throws ControlFailed */
  do(control: string, parameters?: Readonly<Record<string, unknown>>): Promise<any>;
  /** The same device, with so many seconds to acknowledge instead of ten. */
  within(seconds: number): Control;
}

/** `set`, `do` and `within` are those of the only device. */
export interface ControlName extends Omit<Control, 'about'>, Named<Control> {}

/** The devices that this task may steer, by name; iterating gives the names. */
export declare const controls: { readonly [name: string]: ControlName } & AsyncIterable<string>;

// Actions and state.

export type ActionState = 'waiting' | 'held' | 'sending' | 'delivered' | 'failed' | 'refused' | 'unknown';

/** Something that was asked for. */
export interface Action {
  /** Names it among the actions of the instance. */
  readonly key: string;
  /** Its id on the platform. */
  readonly id: string;
  /** Why it is in its state, as last heard. */
  readonly reason: string;
  /** What the other side answered, if it did. */
  readonly answer: unknown;
  /** How far it is now. */
  state(): Promise<ActionState>;
  /** Waits until it has ended, so many seconds at most; resolves to the state that it is in then. */
  wait(seconds?: number): Promise<ActionState>;
}

export interface Actions {
  /** An e-mail. `{name}` in subject, text and HTML is filled from `values`; attachments are outputs of this job, by name. @throws ActionRefused */
  email(mail: {
    readonly to: string | readonly string[];
    readonly subject: string;
    readonly text: string;
    readonly html?: string | null;
    readonly values?: Readonly<Record<string, unknown>>;
    readonly attachments?: readonly string[];
    readonly key?: string;
  }): Promise<Action>;
  /** An SMS. @throws ActionRefused */
  sms(message: {
    readonly to: string | readonly string[];
    readonly text: string;
    readonly key?: string;
  }): Promise<Action>;
  /** A notice to the users that the instance names. @throws ActionRefused */
  notify(notice: {
    readonly title: string;
    readonly text: string;
    readonly severity?: 'info' | 'warning' | 'alert';
    readonly key?: string;
  }): Promise<Action>;
  /** A POST of a value, as JSON, to an address. @throws ActionRefused */
  webhook(call: {
    readonly url: string;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly key?: string;
  }): Promise<Action>;
}

/** What the platform is asked to do in the world; durable when the promise resolves. */
export declare const actions: Actions;

export interface State {
  /** The value of a key, or the fallback when there is none. @throws StateRefused */
  get<Value = any>(key: string): Promise<Value | undefined>;
  get<Value = any, Fallback = Value>(key: string, fallback: Fallback): Promise<Value | Fallback>;
  /** Keeps a value, 256 KiB of JSON at most; durable when the promise resolves. @throws StateRefused */
  set(key: string, value: unknown): Promise<void>;
  /** Forgets a value; it is no error when there is none. @throws StateRefused */
  delete(key: string): Promise<void>;
  /** Every key of the instance, in order. */
  keys(): Promise<string[]>;
}

/** Values that the instance keeps beyond this container. */
export declare const state: State;

// Secrets.

/**
 * The value of a secret that the instance names, as it is now: another one that is set while the program runs is given by the next call.
 * @throws SecretMissing
 */
export declare function secret(name: string): string;

// Errors.

/** The program asked for something that only a task of Berth has, but was not started by Berth. */
export declare class OutsideTask extends Error {}
/** An output was not taken because too much output already waits for the platform. */
export declare class SpoolFull extends Error {}
/** The platform could not be asked before the job had to end, or asks nothing more of this task. */
export declare class JobEnding extends Error {}
/** A name stands for no sensor or control. */
export declare class NotBound extends Error {}
/** The platform refused what was asked for good. */
export declare class Refused extends Error {
  readonly code: string;
  /** What to do. */
  readonly remedy: string;
}
/** An action was not taken, and asking again would change nothing. */
export declare class ActionRefused extends Refused {}
/** A value was not kept, and asking again would change nothing. */
export declare class StateRefused extends Refused {}
/** The task has no secret of that name: the instance does not name it, or it was taken away. */
export declare class SecretMissing extends Error {}
/** A device did not do what it was told, or did not say so in time. */
export declare class ControlFailed extends Error {
  /** `unknown`: it may have done it. */
  readonly state: 'refused' | 'failed' | 'unknown';
  readonly reason: string;
  /** The action's; null when there is none. */
  readonly id: string | null;
}
