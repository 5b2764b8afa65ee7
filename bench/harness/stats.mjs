/** Milliseconds of a clock that all processes of this machine share. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The value below which this share of the values lies; NaN if there are none. */
export function percentile(values, share) {
  if (values.length === 0) {
    return NaN;
  }
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values) => percentile(values, 0.5);

export const p99 = (values) => percentile(values, 0.99);

/** Waits until this is true; false when it was not in time. */
export async function until(condition, timeoutMs, everyMs = 20) {
  const end = now() + timeoutMs;
  while (now() < end) {
    if (await condition()) {
      return true;
    }
    await pause(everyMs);
  }
  return false;
}
