// How `bin/berth` starts Node, for processes of the bench that stand for it.

/** Options of Node. */
export const BERTH_FLAGS = [
  '--expose-gc',
  '--max-semi-space-size=16',
  '--initial-old-space-size=32',
  '--heap-growing-percent=100',
] as const;
