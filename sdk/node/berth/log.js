// Structured log lines: one line of JSON each on standard error, which the platform keeps with everything else printed.
const OWN_FIELDS = new Set(['at', 'level', 'message']);

/** Writes lines with a level. */
export const log = Object.freeze({
  debug: (message, fields) => write('debug', message, fields),
  info: (message, fields) => write('info', message, fields),
  warning: (message, fields) => write('warning', message, fields),
  error: (message, fields) => write('error', message, fields),
});

function write(level, message, fields = {}) {
  const line = { at: new Date().toISOString(), level, message: String(message) };
  for (const [name, value] of Object.entries(fields)) line[OWN_FIELDS.has(name) ? `${name}_` : name] = value;
  process.stderr.write(`${lineText(line)}\n`);
}

function lineText(line) {
  try {
    return JSON.stringify(line, sayable);
  } catch {
    // A circle, or a toJSON that throws: a line in the log must never end the program.
    const texts = Object.entries(line).map(([name, value]) => [name, String(value)]);
    return JSON.stringify(Object.fromEntries(texts));
  }
}

/** Values that JSON does not know, as text. */
function sayable(_, value) {
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
