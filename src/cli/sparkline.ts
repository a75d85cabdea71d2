// A row of bars from shares in [0, 1], for terminals.

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One sign for each value, the higher the fuller; a dot where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  return values.map(barOf).join('');
}

function barOf(value: number | undefined): string {
  if (value === undefined) return '·';
  const index = Math.min(BARS.length - 1, Math.max(0, Math.floor(value * BARS.length)));
  return BARS[index] ?? BARS[0];
}
