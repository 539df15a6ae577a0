/** The interface of a metric source: how it is named, opened and explained. */

import type { Environment } from "../config/environment.ts";
import type { Group } from "../config/schema.ts";
import type { Settings } from "../config/types.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { Redactor } from "../output/redactor.ts";
import type { History, HistoryQuery, ScaleHistory } from "../ports.ts";
import type { Check } from "./check.ts";
import type { AdapterLog } from "./log.ts";

/** The source that a command line asks for. */
export interface SourceChoice {
  readonly settings: Settings;
  /** The value of --history-file. */
  readonly historyFile: string | null;
  /** It is read again and again, so what was read may be kept. */
  readonly repeats?: boolean;
}

/** What a source needs. */
export interface SourceTools {
  readonly log: AdapterLog;
  /** Learns every secret that the source reads. */
  readonly redactor: Redactor;
  /** The environment: for proxies, and for the clouds' libraries. */
  readonly env: Environment;
}

/** An opened source. */
export interface OpenSource {
  readonly history: History;
  /** Past replicas; absent: it has none. */
  readonly scales?: ScaleHistory;
  /** The doctor's checks beside the data themselves. Never throws; absent: none. */
  readonly checks?: (queries: readonly HistoryQuery[], now: EpochSeconds) => Promise<readonly Check[]>;
  /** Closes its connections. */
  close(): void;
}

/** A metric source. Its group of the table has the rules across its settings. */
export interface MetricSource {
  readonly name: string;
  /** Its group in the table of settings; null: flags alone name it. */
  readonly settings: Group | null;
  /** Fields of the group that name it: the chart refuses a configuration without any source. */
  readonly needs: readonly string[];
  /** How a person names it, for the message when none is named. */
  readonly how: string;
  /** Whether it keeps measuring: then its clock is compared with ours. A recording's clock ends with it. */
  readonly live: boolean;
  /** Its address or file, for messages; null: it is not named. */
  where(wanted: SourceChoice): string | null;
  /** Opens it; nothing is connected before the first reading. Its code is loaded here, so that a run pays for one source only. */
  open(wanted: SourceChoice, tools: SourceTools): Promise<OpenSource>;
  /** The doctor's advice: where it does not answer, and for each reason that its data cannot be used. */
  readonly checks: { readonly noAnswer: string; readonly data: Readonly<Record<string, string>> };
}
