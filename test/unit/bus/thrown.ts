// What an act throws.

/** The error; undefined when there was none. */
export function thrown(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
