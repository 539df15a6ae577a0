/** Cleans all that enters a run from servers and files: no secrets, one line, safe for a terminal. */
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import type { OpenSource } from "../adapters/source.ts";
import type { Conditions } from "../core/policy/conditions.ts";
import { oneLine } from "../output/escape.ts";
import type { History, HistoryReading, MetricsSink, Notifier, Scaler, StateStore } from "../ports.ts";

type Clean = (text: string) => string;

/** Makes a text fit to be part of a message. */
export function cleaner(redact: Clean): Clean {
  return (text) => oneLine(redact(text));
}

/** An error with its message and those of its causes cleaned. It is the same object, since callers check its class. */
export function cleanError(thrown: unknown, clean: Clean): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const message = clean(at.message);
    // the stack begins with the message as it was
    if (message !== at.message) Object.assign(at, { message, stack: `${at.name}: ${message}` });
  }
  return error;
}

/** A history whose errors and quotes are cleaned. */
export function cleanHistory(history: History, clean: Clean): History {
  return {
    now: (...asked) => cleanly(history.now(...asked), clean),
    read: async (...asked) => {
      const readings = await cleanly(history.read(...asked), clean);
      return readings.map((reading): HistoryReading | Error =>
        reading instanceof Error ? cleanError(reading, clean) : { ...reading, source: clean(reading.source) },
      );
    },
  };
}

/** A scaler whose errors and names are cleaned: others chose the names of other scalers and writers. */
export function cleanScaler(scaler: Scaler, clean: Clean): Scaler {
  return {
    read: async (...asked) => {
      const reading = await cleanly(scaler.read(...asked), clean);
      return { ...reading, conditions: cleanTexts(reading.conditions, clean) };
    },
    scale: (...asked) => cleanly(scaler.scale(...asked), clean),
    ...(scaler.otherWriter === undefined
      ? {}
      : {
          otherWriter: async (...asked) => {
            const name = await scaler.otherWriter?.(...asked);
            return name === undefined ? undefined : clean(name);
          },
        }),
  };
}

/** A store, and the stores of its parts, with cleaned errors. Its content is not changed, since it is written back. */
export function cleanState(state: StateStore, clean: Clean): StateStore {
  const parts = new Map<StateStore, StateStore>();
  const cleanPart = (part: StateStore) => {
    const known = parts.get(part) ?? cleanState(part, clean);
    parts.set(part, known);
    return known;
  };
  const { of } = state;
  return {
    ...state,
    ...(of && { of: (key) => cleanPart(of(key)) }),
    read: async (...asked) => {
      const reading = await cleanly(state.read(...asked), clean);
      return reading.warning === undefined ? reading : { ...reading, warning: clean(reading.warning) };
    },
    claim: (...asked) => cleanly(state.claim(...asked), clean),
  };
}

/** An API server with cleaned errors, for the doctor. */
export function cleanApi(open: () => Promise<Kubernetes>, clean: Clean): () => Promise<Kubernetes> {
  return async () => {
    const api = await cleanly(open(), clean);
    return { ...api, send: (call) => cleanly(api.send(call), clean) };
  };
}

/** Checks with cleaned texts: the labels and values that they quote are the server's. */
export function cleanChecks(checks: NonNullable<OpenSource["checks"]>, clean: Clean): typeof checks {
  return async (...asked) =>
    (await cleanly(checks(...asked), clean)).map((check) => ({
      ...check,
      message: clean(check.message),
      ...(check.todo === undefined ? {} : { todo: clean(check.todo) }),
    }));
}

/** A notifier with cleaned errors. */
export function cleanNotifier(notifier: Notifier | null, clean: Clean): Notifier | null {
  return notifier && { send: (...message) => cleanly(notifier.send(...message), clean) };
}

/** A sink of metrics with cleaned errors. */
export function cleanMetrics(sink: MetricsSink | null, clean: Clean): MetricsSink | null {
  return sink && { ...sink, push: (...sent) => cleanly(sink.push(...sent), clean) };
}

async function cleanly<T>(work: Promise<T>, clean: Clean): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw cleanError(error, clean);
  }
}

function cleanTexts(conditions: Conditions, clean: Clean): Conditions {
  const entries = Object.entries(conditions).map(([key, value]) => [
    key,
    typeof value === "string" ? clean(value) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as Conditions;
}
