import type { Outcome } from './run-seed.ts';

/** What a person needs of a seed that failed: what was wrong, what came before, and how to see it again. */
export function failureText({ seed, violation, lines }: Outcome, lineCount: number): string {
  const last = lines.slice(-lineCount).join('\n');
  return `${last}\n\nseed ${seed}: ${violation}\nreplay it: npm run sim -- --seed ${seed} --trace`;
}
