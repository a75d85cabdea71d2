/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. Field names of this type end in `At`. */
export type Instant = number;
