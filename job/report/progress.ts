/** Shows the progress of long work: a bar with the time left on a terminal, else a line every ten seconds. Handles Ctrl-C. */

/** The parts of the process that the display needs. */
export interface ProgressPort {
  /** Writes to stderr: stdout is for the answer. */
  readonly write: (text: string) => void;
  /** Characters of a line; null where stderr is no terminal, or one whose line cannot be written over (TERM=dumb). */
  readonly columns: number | null;
  /** Monotonic milliseconds. */
  readonly tick: () => number;
  /** Lets the event loop hear a signal. */
  readonly pause: () => Promise<void>;
  /** When aborted, the work must end with what it has. */
  readonly signal: AbortSignal;
}

/** A display of one piece of work. */
export interface Progress {
  /** Called after each step with the steps done; false: end now. It checks 20 times a second, and costs almost nothing in between. */
  readonly watch: (done: number, total: number) => boolean | Promise<boolean>;
  /** Removes the bar. */
  readonly end: () => void;
}

const CHECK_INTERVAL_MS = 50;
/** Work that is over before this needs no bar. */
const MIN_WORK_MS = 500;
const LINE_MS = 10_000;
const MAX_BAR_WIDTH = 30;

/** A display named after the work, e.g. `replay`, which counts in `unit`, e.g. `steps`. */
export function showProgress(name: string, unit: string, port: ProgressPort): Progress {
  const { write, columns, tick, pause, signal } = port;
  const began = tick();
  let looked = began;
  let lined = began;
  let drawn = false;
  const draw = (done: number, total: number, now: number): void => {
    const left = timeLeft((((now - began) / 1000) * (total - done)) / Math.max(1, done));
    if (columns !== null) {
      if (now - began < MIN_WORK_MS) return;
      write(`\r\u001b[K${barLine(name, done / total, left, columns)}`);
      drawn = true;
    } else if (now - lined >= LINE_MS) {
      lined = now;
      write(`${name}: ${done} of ${total} ${unit} (${percent(done / total)}), about ${left} left\n`);
    }
  };
  const look = async (done: number, total: number, now: number): Promise<boolean> => {
    looked = now;
    await pause();
    if (signal.aborted) return false;
    draw(done, total, now);
    return true;
  };
  return {
    watch: (done, total) => {
      const now = tick();
      return now - looked < CHECK_INTERVAL_MS ? !signal.aborted : look(done, total, now);
    },
    end: () => {
      if (drawn) write("\r\u001b[K");
      drawn = false;
    },
  };
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

/** One line of at most `columns` - 1 characters: a full line would wrap, and could not be written over. */
function barLine(name: string, share: number, left: string, columns: number): string {
  const tail = ` ${percent(share).padStart(5)}  ${left} left`;
  const room = Math.min(MAX_BAR_WIDTH, columns - 1 - name.length - tail.length - 3);
  const filled = Math.round(share * room);
  const bar = room < 4 ? "" : ` [${"#".repeat(filled)}${"-".repeat(room - filled)}]`;
  return `${name}${bar}${tail}`.slice(0, Math.max(0, columns - 1));
}

/** Seconds in a readable form: 12 s, 3 min, 2 h 10 min. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
