import type { Requirement, Rule } from "../validation/rule";
import { atLeastOne } from "../validation/rule";

/** What applies if the user gives nothing. */
export const DEFAULT_DAYS_BEFORE: readonly number[] = [30, 7, 1];

/** How long before the end date a reminder may be. */
export const DAYS_BEFORE = { min: 1, max: 365 } as const;

/** The form of a date; whether there is such a day is checked apart. */
export const EXPIRY_DATE: Rule = {
  pattern: /^[12]\d{3}-\d{2}-\d{2}$/,
  requirement: "be a calendar date, like 2027-03-31",
  hint: "give the first day on which the upstream does not accept the credential",
};

/** The rules of a reminder that no pattern expresses. */
export const EXPIRY_RULES = {
  sameStack: { requirement: "be in the stack of the alert", hint: "create the alert in the stack of the cache" },
  expiryDates: {
    requirement: atLeastOne("map", "date"),
    hint: 'give the end date of each credential, like { "docker-hub": "2027-03-31" }',
  },
  known: { requirement: "be known at synth", hint: "give a literal: it determines when the reminders are sent" },
  withCredential: (prefixes: readonly string[]): Requirement => ({
    requirement: `have prefixes of upstreams with a credential as keys: ${prefixes.join(", ") || "the cache has none"}`,
    hint: "leave out the others: they have nothing that expires",
  }),
  prefixOnce: { requirement: "have each prefix once", hint: "leave out the second one, with or without its slash" },
  daysBefore: { requirement: atLeastOne("list", "number"), hint: "leave it out for 30, 7 and 1" },
  topic: {
    requirement: "be a topic",
    hint: "use AlertDestination.newTopic() or AlertDestination.topic(arn): a log group reminds nobody",
  },
} as const;
