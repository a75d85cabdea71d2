// Times of day as files say them.

/** Minutes since midnight as `08:30`; `24:00` is the midnight that ends the day. */
export function timeOfDayText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
