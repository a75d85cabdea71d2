// How `bin/berth` starts Node, for processes of the bench that stand for it.

/** Options of Node. */
export const BERTH_FLAGS = [
  '--max-semi-space-size=2',
  '--initial-old-space-size=24',
  '--heap-growing-percent=50',
] as const;
