// JSON as it may go to a terminal.

/** A value as JSON. JSON itself spells out the control characters below the space; those above the letters steer terminals as well. */
export function jsonText(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
