import type { PullThroughCache } from "../cache/pull-through-cache";
import { ROOT, under } from "../image/repository-path";

/** The filters of the repositories that caches fill. */
export function filtersOf(caches: readonly PullThroughCache[]): string[] {
  const keys = caches.flatMap((cache) => cache.upstreams.map(({ _spec: { prefixKey } }) => prefixKey));
  // The filter of ROOT matches all repositories.
  return (keys.includes(ROOT) ? [ROOT] : keys).map((key) => under(key, "*"));
}
