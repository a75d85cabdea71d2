// Import cycles, imports of types included: files that can only be understood together are one file too many.
import { posix } from 'node:path';
import type { Finding, Source } from './source.ts';

/** One finding for each cycle that is met first, at the import that closes it. */
export function importCycles(sources: readonly Source[]): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: string[] = [];
  const findings: Finding[] = [];
  const visit = (path: string): void => {
    const source = byPath.get(path);
    if (!source || done.has(path)) return;
    trail.push(path);
    for (const { from, line } of source.imports.filter((each) => each.from.startsWith('.'))) {
      const target = posix.join(posix.dirname(path), from);
      const first = trail.indexOf(target);
      if (first < 0) visit(target);
      else
        findings.push({ path, line, what: `closes an import cycle: ${[...trail.slice(first), target].join(' → ')}` });
    }
    trail.pop();
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path);
  return findings;
}
