/** History from a series file: CSV `timestamp,value`, or the JSON of a query_range answer; its clock is the end of the series. */
import { coarse, type LongHistory } from "../core/series/coarse.ts";
import { readWindow } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { History } from "../ports.ts";
import { HistoryError } from "./errors.ts";
import { AnswerError, parseRange, type RangeAnswer, sampleValue } from "./prometheus-answer.ts";

/** A History over one file for every target. `at`: pretend that it is this time; later samples are not seen. `longHistory`: give that of the file too. */
export function fileHistory(
  file: string,
  options: { readonly at?: EpochSeconds; readonly longHistory?: LongHistory | undefined } = {},
): History {
  let loaded: Promise<RangeAnswer> | undefined;
  const load = () => {
    loaded ??= readSeriesFile(file);
    return loaded;
  };
  const end = async () => {
    const { times } = (await load()).samples;
    const newest = times.reduce((max, t) => Math.max(max, t), Number.NEGATIVE_INFINITY);
    if (newest === Number.NEGATIVE_INFINITY) throw new HistoryError(`read ${file}`, undefined, "it holds no sample");
    return newest;
  };
  return {
    now: async () => options.at ?? end(),
    read: async (targets, now) => {
      const { samples, partial, seriesCount } = await load();
      const { longHistory } = options;
      const long = longHistory && { longSamples: coarse(samples, now, longHistory), longStep: longHistory.step };
      return targets.map((target) => {
        const keep = [...samples.times.keys()].filter((i) => {
          const time = samples.times[i]!;
          return time <= now && time > now - readWindow(target);
        });
        return {
          samples: {
            times: Float64Array.from(keep, (i) => samples.times[i]!),
            values: Float64Array.from(keep, (i) => samples.values[i]!),
          },
          partial,
          seriesCount,
          source: file,
          ...long,
        };
      });
    },
  };
}

/** All samples of a series file. Throws HistoryError that names the file, and the line where there is one. */
export async function readSeriesFile(file: string): Promise<RangeAnswer> {
  const asked = `read ${file}`;
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new HistoryError(asked, undefined, error instanceof Error ? error.message : String(error), error);
  });
  try {
    return parseSeries(text);
  } catch (error) {
    if (error instanceof AnswerError) throw new HistoryError(asked, undefined, error.message, error);
    throw error;
  }
}

/** Samples of a series text of either form. Throws AnswerError. */
export function parseSeries(text: string): RangeAnswer {
  const body = text.replace(/^\uFEFF/, "").trimStart();
  return body.startsWith("{") ? parseRange(body) : parseCsv(body);
}

function parseCsv(text: string): RangeAnswer {
  const lines = text.split(/\r?\n/);
  const header = lines[0]?.trim().toLowerCase().replace(/["\s]/g, "");
  if (header !== "timestamp,value") {
    throw new AnswerError(`line 1 is ${JSON.stringify(lines[0]?.slice(0, 40))}, expected the header timestamp,value`);
  }
  const times: number[] = [];
  const values: number[] = [];
  lines.slice(1).forEach((line, i) => {
    if (line.trim() === "") return;
    const [time = "", value = "", more] = line.split(",");
    const at = time.trim() === "" ? Number.NaN : Number(time);
    if (more !== undefined || !Number.isFinite(at)) {
      throw new AnswerError(
        `line ${i + 2} is ${JSON.stringify(line.slice(0, 60))}, expected unix seconds and a number`,
      );
    }
    times.push(at);
    // an empty value is a gap
    values.push(value.trim() === "" ? Number.NaN : csvValue(value.trim(), i + 2));
  });
  return {
    samples: { times: Float64Array.from(times), values: Float64Array.from(values) },
    labels: {},
    seriesCount: times.length === 0 ? 0 : 1,
    partial: false,
    warnings: [],
  };
}

function csvValue(raw: string, line: number): number {
  try {
    return sampleValue(raw);
  } catch (error) {
    throw new AnswerError(`line ${line}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
