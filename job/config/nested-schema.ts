/** The schema of a target's nested settings: scaling rules as in autoscaling/v2, schedules and names. */
import { isCalendarDay } from "./calendar-day.ts";
import { days } from "./day-schema.ts";
import { choice, group, list, quantity, text } from "./schema.ts";
import { CALENDAR_RULES, ONCE_RULES, RECURRING_RULES } from "./target-rules.ts";

// as long as RFC 1123 and the API server allow: a longer one would be asked for each minute, in vain
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;
const LOCAL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const END_TIME = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const LOCAL_MOMENT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/;

/** Names of weekdays; the index is the core's day number (0 is Sunday). */
export const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** A Kubernetes object name. */
export function objectName<const O extends { about: string }>(options: O) {
  return text({
    pattern: DNS_NAME,
    accepts: "a Kubernetes name (up to 253 lower case letters, digits, - and .)",
    ...options,
  });
}

/** A namespace. */
export function namespaceName<const O extends { about: string }>(options: O) {
  return text({ pattern: DNS_LABEL, accepts: "a namespace (up to 63 lower case letters, digits and -)", ...options });
}

/** Which object is scaled. */
export const SCALE_TARGET_REF = group({
  about: "The object whose /scale is set.",
  fields: {
    apiVersion: text({
      about: "API group and version of the workload.",
      // it becomes a part of paths: with dots and slashes of its own it would lead elsewhere
      pattern: /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      accepts: "GROUP/VERSION such as apps/v1, or a version alone",
      default: "apps/v1",
      flag: "api-version",
    }),
    kind: text({
      about: "Kind of the workload: Deployment, StatefulSet or any other with /scale.",
      pattern: /^[A-Z][A-Za-z0-9]*$/,
      accepts: "the KIND column of kubectl api-resources, such as Deployment",
      default: "Deployment",
      flag: "kind",
    }),
    name: objectName({ about: "Name of the workload.", required: true, flag: "deployment" }),
    resource: namespaceName({
      about: "Plural of the kind in the API, if it is irregular. `kubectl api-resources` lists it.",
      accepts: "the NAME column of kubectl api-resources (lower case letters, digits and -)",
    }),
  },
});

const POLICY = group({
  about: "A limit on how much may change within a period.",
  fields: {
    type: choice({
      about: "Whether `value` is a number of pods, or a percentage of the replicas at the start of the period.",
      values: ["Pods", "Percent"],
      required: true,
    }),
    value: quantity({
      about: "Maximum change within the period, in pods or percent.",
      unit: "count",
      min: 1,
      max: 100_000,
      required: true,
    }),
    periodSeconds: quantity({ about: "Length of the period.", unit: "seconds", min: 1, max: 1800, required: true }),
  },
});

/** Rules of one direction with their defaults. */
export function rules<W extends number, T extends number>(direction: string, window: W, tolerance: T) {
  return group({
    about: `How the target is scaled ${direction}, with the fields of autoscaling/v2.`,
    fields: {
      stabilizationWindowSeconds: quantity({
        about: `How long past recommendations are considered when scaling ${direction}.`,
        unit: "seconds",
        min: 0,
        max: 3600,
        default: window,
      }),
      selectPolicy: choice({
        about: `Which policy applies if there are several. Disabled forbids scaling ${direction}.`,
        values: ["Max", "Min", "Disabled"],
        default: "Max",
      }),
      policies: list({ about: "Rate limits. Without any, there is no limit.", of: POLICY, atMost: 20, default: [] }),
      tolerance: quantity({
        about: `Relative change of the replicas up to which there is no scaling ${direction}.`,
        unit: "ratio",
        min: 0,
        max: 1,
        default: tolerance,
      }),
    },
  });
}

/** One rule of the calendar. */
export const SCHEDULE_RULE = group({
  rules: CALENDAR_RULES,
  about: "A floor, ceiling or factor that applies in an interval of local time.",
  fields: {
    name: text({
      about: "Name of the rule, as the trail shows it.",
      pattern: /^\S(.*\S)?$/,
      accepts: "a text on one line",
      required: true,
    }),
    timeZone: text({
      about: "IANA time zone. Daylight saving time is followed.",
      accepts: "an IANA time zone such as Europe/Berlin",
      check: isTimeZone,
      default: "UTC",
    }),
    recurring: group({
      rules: RECURRING_RULES,
      about: "An interval that recurs every week.",
      optional: true,
      fields: {
        days: list({
          about: "Weekdays on which the interval starts.",
          of: choice({ about: "Day.", values: DAYS }),
          atLeast: 1,
          atMost: 7,
          required: true,
        }),
        from: text({
          about: "Local start time.",
          pattern: LOCAL_TIME,
          accepts: "a local time such as 08:30",
          required: true,
        }),
        to: text({
          about: "Local end time. One that is before `from` is on the next day.",
          pattern: END_TIME,
          accepts: "a local time such as 18:00, at most 24:00",
          required: true,
        }),
      },
    }),
    once: group({
      rules: ONCE_RULES,
      about: "An interval that occurs once.",
      optional: true,
      fields: {
        from: text({
          about: "Local start.",
          pattern: LOCAL_MOMENT,
          check: isCalendarDay,
          accepts: "a local date and time such as 2027-11-26T08:00",
          required: true,
        }),
        to: text({
          about: "End.",
          pattern: LOCAL_MOMENT,
          check: isCalendarDay,
          accepts: "a local date and time such as 2027-11-27T00:00",
          required: true,
        }),
      },
    }),
    except: days({
      about: "Local days on which a recurring rule does not start: dates, rules or public holidays.",
    }),
    minReplicas: quantity({ about: "Floor: at least this many replicas.", unit: "replicas", min: 0, max: 100_000 }),
    maxReplicas: quantity({ about: "Ceiling: at most this many replicas.", unit: "replicas", min: 1, max: 100_000 }),
    factor: quantity({
      about: "Factor by which the forecast demand is multiplied.",
      unit: "ratio",
      min: 0.01,
      max: 100,
    }),
  },
});

/** Whether the runtime knows this IANA zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
