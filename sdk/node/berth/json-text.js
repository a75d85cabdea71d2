// Values as JSON, refused where JSON would quietly say something else.

/** The JSON of a value. @throws RangeError for NaN and infinities, TypeError for what JSON has no words for */
export function jsonText(value) {
  const text = JSON.stringify(value, (_, each) => {
    if (typeof each !== 'number' || Number.isFinite(each)) return each;
    throw new RangeError(`${each} cannot be said in JSON`);
  });
  if (text === undefined) throw new TypeError(`a ${typeof value} cannot be said in JSON`);
  return text;
}
