/** Limits requests in progress: a few at a time, so that hanging ones do not block the others and no server is flooded. */

/** The limits of requests in progress. */
export interface SlotBounds {
  /** Requests at a time, while they are answered. */
  readonly most: number;
  /** After so many milliseconds a request makes room for the next, as if it had ended. */
  readonly patience: number;
  /** The most requests at a time in any case. */
  readonly atMost: number;
  /** The most bytes of all answers in progress together; a single request is always allowed. */
  readonly bytes: number;
}

/** One request: its largest answer in bytes. `soft` ones, which a run can do without, come after all others. */
export interface SlotRequest {
  readonly bytes: number;
  readonly soft?: boolean;
}

/** Runs work when its turn comes. */
export type Slots = <T>(asking: SlotRequest, work: () => Promise<T>) => Promise<T>;

/** Slots for the requests to one server. */
export function openSlots({ most, patience, atMost, bytes: mostBytes }: SlotBounds): Slots {
  const waiting: { readonly asking: SlotRequest; readonly start: () => void }[] = [];
  let held = 0;
  let busy = 0;
  let bytes = 0;
  const fits = (asking: SlotRequest) =>
    held < most && busy < atMost && (busy === 0 || bytes + asking.bytes <= mostBytes);
  const next = () => {
    for (;;) {
      const firm = waiting.findIndex(({ asking }) => asking.soft !== true);
      const i = Math.max(firm, 0);
      if (waiting.length === 0 || !fits(waiting[i]!.asking)) return;
      waiting.splice(i, 1)[0]!.start();
    }
  };
  const run = async <T>(asking: SlotRequest, work: () => Promise<T>): Promise<T> => {
    held += 1;
    busy += 1;
    bytes += asking.bytes;
    let holds = true;
    const release = () => {
      if (holds) held -= 1;
      holds = false;
      next();
    };
    const timer = setTimeout(release, patience);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      busy -= 1;
      bytes -= asking.bytes;
      release();
    }
  };
  return (asking, work) =>
    new Promise((resolve, reject) => {
      waiting.push({ asking, start: () => run(asking, work).then(resolve, reject) });
      next();
    });
}
