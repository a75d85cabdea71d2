/** What a path was taken as. */
interface Taken {
  readonly path: string;
  readonly as: 'file' | 'directory' | 'parent';
}

/**
 * The names that a zip has used so far. Names that differ only in case or in Unicode normalisation would be one file on some systems, so
 * they collide here.
 */
export class EntryNames {
  readonly #taken = new Map<string, Taken>();

  /** Takes a path and its parents, or tells what it collides with. */
  take(path: string, as: 'file' | 'directory'): string | undefined {
    const segments = path.split('/');
    for (let depth = 1; depth < segments.length; depth++) {
      const collision = this.#takeOne(segments.slice(0, depth).join('/'), 'parent');
      if (collision !== undefined) return collision;
    }
    return this.#takeOne(path, as);
  }

  #takeOne(path: string, as: Taken['as']): string | undefined {
    const key = path.normalize('NFC').toLowerCase();
    const before = this.#taken.get(key);
    if (!before || (before.path === path && mayFollow(before.as, as))) {
      if (before?.as !== 'directory') this.#taken.set(key, { path, as });
      return undefined;
    }
    if (before.path !== path) return `the same as ${before.path} where case does not count`;
    return before.as === as ? 'the same name a second time' : 'a file and a directory under one name';
  }
}

// A directory's own entry may come before or after what is in it, once.
function mayFollow(before: Taken['as'], as: Taken['as']): boolean {
  return as === 'parent' ? before !== 'file' : before === 'parent' && as === 'directory';
}
