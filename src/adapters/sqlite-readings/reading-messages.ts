// What the readings and the thread that writes them tell each other. Many readings go over as two long texts and one array of numbers:
// that is an order of magnitude cheaper to copy than as many objects.
import type { Instant } from '../../model/instant.ts';

/** What the thread is started with. */
export interface ReadingWriterData {
  readonly path: string;
  /** How long a transaction waits for somebody who writes the file with another program, milliseconds. */
  readonly busyMs: number;
}

/** Readings to keep, a line for each in both texts. */
export interface AppendOrder {
  readonly do: 'append';
  /** Sequence of the first; the others follow one by one. */
  readonly first: number;
  readonly now: Instant;
  readonly sensors: string;
  readonly times: Float64Array;
  /** The values of each as JSON, which has no line breaks of its own. */
  readonly values: string;
}

/** Readings to forget: at most `most` of those before an instant, of some sensors behind a place. */
export interface ForgetOrder {
  readonly do: 'forget';
  readonly before: Instant;
  readonly most: number;
  /** The number of the last sensor that was looked at; 0: none. */
  readonly behind: number;
}

/** What the thread is told. */
export type ReadingOrder = AppendOrder | ForgetOrder | { readonly do: 'end' };

/** What became of an order; `behind` is null when every sensor has been looked at. */
export type ReadingAnswer =
  | { readonly forgotten: number; readonly behind: number | null }
  | { readonly failure: unknown };
