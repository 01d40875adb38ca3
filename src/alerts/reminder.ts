import { matches } from "../validation/rule";
import { EXPIRY_DATE } from "./expiry-rules";
import { ROTATION } from "./fixed-arguments";

/** The hour of the day, in UTC, at which reminders are sent. */
const HOUR = 9;

/** Whether a text is a date of the calendar. */
export function isDate(text: unknown): text is string {
  if (!matches(text, EXPIRY_DATE)) {
    return false;
  }
  const start = startOf(text);
  // JavaScript reads February 30 as March 2, and no date from the month 13.
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(text);
}

/** The time of the reminder that is sent some days before a date, like `2027-03-01T09:00:00`, in UTC. */
export function reminderTime(date: string, days: number): string {
  const time = startOf(date);
  time.setUTCDate(time.getUTCDate() - days);
  time.setUTCHours(HOUR);
  return time.toISOString().slice(0, "2027-03-01T09:00:00".length);
}

/** The text of a reminder. */
export function reminderText({
  upstream,
  region,
  date,
  days,
}: {
  readonly upstream: string;
  readonly region: string;
  readonly date: string;
  readonly days: number;
}): string {
  return [
    `The credential of the upstream ${upstream} of a pull-through cache expires in ${days} ${days === 1 ? "day" : "days"}.`,
    `Region: ${region}`,
    `End date: ${date}`,
    "From this day on, Amazon ECR cannot sign in to the upstream: it caches no new image and refreshes no tag.",
    `Rotate the credential, and change the date in the declaration: ${ROTATION}`,
  ].join("\n");
}

/** The start of a day in UTC. */
function startOf(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}
