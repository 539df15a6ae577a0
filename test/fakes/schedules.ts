/** Schedules of a CronJob, and how far apart their slots are: the chart's templates and the doctor read them alike. */

/** Seconds; undefined where the minutes alone do not tell. */
export const SCHEDULES: readonly (readonly [schedule: string, seconds: number | undefined])[] = [
  ["* * * * *", 60],
  ["*/1 * * * *", 60],
  ["*/2 * * * *", 120],
  ["*/7 * * * *", 420],
  ["0 * * * *", 3600],
  ["0,30 * * * *", 1800],
  ["5-59/10 * * * *", 600],
  ["3/20 8-18 * * 1-5", 1200],
  ["10,15,20 * * * *", 3000],
  // by the hours, not by the minutes
  ["0 */2 * * *", undefined],
];
