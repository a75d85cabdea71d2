// The name of an instance, from its id.

/** Ids are the name and a random suffix. */
export function instanceNameOf(id: string): string {
  return id.replace(/-[a-z0-9]+$/, '');
}
