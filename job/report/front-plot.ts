/** A text plot of settings: their cost against the share of the time below the demand. */

/** A mark of the plot: pod-hours across, the share of the time below the demand upwards. */
export interface Mark {
  readonly mark: string;
  readonly cost: number;
  readonly under: number;
}

/** Lines of the plot, without its axis. */
const HEIGHT = 10;
/** Widths of the plot: a narrower one shows nothing, a wider one is no easier to read. */
const [MIN_WIDTH, MAX_WIDTH] = [30, 72];
/** Characters of the scale at the left. */
const SCALE = 9;
/** Shares below this are drawn as zero, at the bottom. */
const ZERO = 1e-4;

/** The plot, in lines of at most `width` characters. The vertical axis is logarithmic, and later marks cover earlier ones. Empty if there is no room or no difference to show. */
export function frontPlot(marks: readonly Mark[], width: number): readonly string[] {
  const across = Math.min(MAX_WIDTH, width) - SCALE - 1;
  const costs = marks.map(({ cost }) => cost);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const top = Math.max(...marks.map(({ under }) => under));
  if (across < MIN_WIDTH || !(most > least) || !(top > ZERO)) return [];
  const rows = Array.from({ length: HEIGHT }, () => new Array<string>(across).fill(" "));
  const heightOf = (under: number) => Math.max(0, Math.log(under / ZERO) / Math.log(top / ZERO)) * (HEIGHT - 1);
  for (const { mark, cost, under } of marks) {
    const row = under < ZERO ? 0 : Math.round(heightOf(under));
    rows[row]![Math.round(((cost - least) / (most - least)) * (across - 1))] = mark;
  }
  const middle = Math.floor(HEIGHT / 2);
  const shares = new Map([
    [HEIGHT - 1, top],
    [middle, ZERO * (top / ZERO) ** (middle / (HEIGHT - 1))],
    [0, 0],
  ]);
  const scale = (row: number) => {
    const share = shares.get(row);
    return (share === undefined ? "" : `${Number((100 * share).toPrecision(2))} %`).padStart(SCALE - 1);
  };
  const lines = rows.map((cells, row) => `${scale(row)} |${cells.join("")}`.trimEnd()).reverse();
  const ends = [least, most].map((cost) => String(Number(cost.toPrecision(3)))) as [string, string];
  const axis = `${" ".repeat(SCALE)}+${"-".repeat(across)}`;
  return [...lines, axis, `${" ".repeat(SCALE + 1)}${ends[0]}${ends[1].padStart(across - ends[0].length)}`];
}
