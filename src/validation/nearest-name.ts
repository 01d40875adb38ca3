/** The hint that another name is meant. */
export function didYouMean(name: string): string {
  return `did you mean \`${name}\`?`;
}

/** A name of fewer letters is the beginning of too many others. */
export const MIN_BEGINNING = 3;

/**
 * The known name that is meant by an unknown one: the shortest that begins with it, or the most similar one, with at most
 * two letters changed; undefined if there is none.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const beginning = plain(name);
  const [begun] = known
    .filter((candidate) => beginning.length >= MIN_BEGINNING && plain(candidate).startsWith(beginning))
    .sort((one, other) => one.length - other.length);
  const [nearest] = known
    // The distance is not smaller than the difference in length, and takes long to compute for a long name.
    .filter((candidate) => Math.abs(beginning.length - plain(candidate).length) <= 2)
    .map((candidate) => ({ candidate, distance: editDistance(beginning, plain(candidate)) }))
    .filter(({ candidate, distance }) => distance <= 2 && distance < candidate.length / 2)
    .sort((one, other) => one.distance - other.distance);
  return begun ?? nearest?.candidate;
}

/** A suggestion: the most similar known name, or all known names. */
export function meant(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `use one of ${known.join(", ")}` : didYouMean(nearest);
}

/** A name in lower case, without underscores and hyphens. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** The number of letters to add, remove or change to get from one word to the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, otherLetter] of [...other].entries()) {
      const changed = (row[at] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
