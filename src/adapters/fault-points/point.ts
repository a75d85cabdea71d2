// A place at which a process may be made to end: just before and just after something that lasts beyond it.

/** Told the name of each place that is passed. It may end the process there. */
export type Point = (name: string) => void;

/** Does something that lasts between two places. An act that fails passes only the first. */
export async function between<T>(point: Point, name: string, act: () => Promise<T>): Promise<T> {
  point(`before ${name}`);
  const result = await act();
  point(`after ${name}`);
  return result;
}
