// What meters measured, added up, and drawn. Nothing here reads a sensor.

const JOULES_PER_KILOWATT_HOUR = 3_600_000;

/** Energy between the first and the last reading in kWh, by the trapezoidal rule; the meter's lowest and highest power in watts. */
export function summarise(name, readings) {
  let joules = 0;
  for (let index = 1; index < readings.length; index++) {
    const seconds = (readings[index].at - readings[index - 1].at) / 1000;
    joules += ((readings[index].value + readings[index - 1].value) / 2) * seconds;
  }
  const watts = readings.map(({ value }) => value);
  return {
    name,
    readings: readings.length,
    kilowattHours: joules / JOULES_PER_KILOWATT_HOUR,
    lowestWatts: Math.min(...watts),
    highestWatts: Math.max(...watts),
  };
}

/** The summaries as CSV (RFC 4180). */
export function asCsv(summaries) {
  const head = ['meter', 'readings', 'kwh', 'lowest_w', 'highest_w'];
  const rows = summaries.map((each) => [
    quoted(each.name),
    each.readings,
    each.kilowattHours.toFixed(4),
    each.lowestWatts.toFixed(1),
    each.highestWatts.toFixed(1),
  ]);
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

const WIDTH = 640;
const ROW = 36;
const LABELS = 160;

/** A bar for each meter, as SVG. */
export function asChart(summaries) {
  const most = Math.max(...summaries.map(({ kilowattHours }) => kilowattHours), Number.MIN_VALUE);
  const bars = summaries.map((each, index) => {
    const width = ((WIDTH - LABELS - 80) * each.kilowattHours) / most;
    const middle = index * ROW + ROW / 2;
    return [
      `<text x="${LABELS - 8}" y="${middle + 5}" text-anchor="end">${escaped(each.name)}</text>`,
      `<rect x="${LABELS}" y="${middle - 10}" width="${width.toFixed(1)}" height="20" fill="#3b7dd8"/>`,
      `<text x="${(LABELS + width + 6).toFixed(1)}" y="${middle + 5}">${each.kilowattHours.toFixed(3)} kWh</text>`,
    ].join('');
  });
  const height = ROW * summaries.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="14">${bars.join('')}</svg>\n`;
}

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
