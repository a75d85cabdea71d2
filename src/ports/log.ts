// The platform's own log, for whoever runs it. What people using it should see are events.

/** Values that go with a line. Never secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the platform's parts write what whoever runs it may need. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
