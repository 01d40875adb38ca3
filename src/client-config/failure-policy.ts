/** What the API server does with a pod if the expressions of a policy fail. */
export enum FailurePolicy {
  /** The pod is created with the names of images that it has, and its images are pulled from their registries. */
  IGNORE = "Ignore",
  /** The pod is refused. */
  FAIL = "Fail",
}
