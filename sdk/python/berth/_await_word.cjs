// Loaded by Node before the algorithm's script when it was started ahead of its time: reads the word that begins it, from descriptor 3.
// Without the word no line of the algorithm runs: the pipe's end means that the launcher has let go of it.
'use strict';
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const { closeSync, readSync } = require('node:fs');
  if (readSync(3, Buffer.alloc(1)) === 0) process.exit(0);
  closeSync(3);
  // Processes that the script forks would wait as well: they get these words by default.
  const at = process.execArgv.indexOf('--require');
  process.execArgv.splice(at, 2);
}
