/** Weighted ridge regression by Gauss-Jordan with pivoting: slow, plain, and no relation of the code it checks. */

/** Coefficients b of the least sum of w (target - x b)^2 + penalty b^2 over rows x. */
export function ridgeOf(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
  penalties: readonly number[],
): number[] {
  const p = penalties.length;
  const dot = (a: number, b: (i: number) => number) => rows.reduce((s, x, i) => s + weights[i]! * x[a]! * b(i), 0);
  const A = penalties.map((penalty, a) => [
    ...penalties.map((_, c) => dot(a, (i) => rows[i]![c]!) + (a === c ? penalty : 0)),
    dot(a, (i) => targets[i]!),
  ]);
  for (let c = 0; c < p; c++) {
    let best = c;
    for (let r = c; r < p; r++) if (Math.abs(A[r]![c]!) > Math.abs(A[best]![c]!)) best = r;
    [A[c], A[best]] = [A[best]!, A[c]!];
    for (let r = 0; r < p; r++) {
      if (r === c) continue;
      const f = A[r]![c]! / A[c]![c]!;
      for (let k = c; k <= p; k++) A[r]![k]! -= f * A[c]![k]!;
    }
  }
  return A.map((row, c) => row[p]! / row[c]!);
}

/** Sum of squares left by plain least squares of y on the given columns. */
export function leftOver(columns: readonly (readonly number[])[], y: readonly number[]): number {
  const rows = y.map((_, i) => columns.map((column) => column[i]!));
  const beta = ridgeOf(
    rows,
    y,
    y.map(() => 1),
    columns.map(() => 0),
  );
  return y.reduce((sum, v, i) => sum + (v - rows[i]!.reduce((s, x, c) => s + x * beta[c]!, 0)) ** 2, 0);
}
