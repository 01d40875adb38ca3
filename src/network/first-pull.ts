/**
 * How an image that is not cached yet gets its first pull, for which ECR sends the client to the upstream's own host,
 * whatever endpoints the VPC has. The same goes for a refresh that finds new layers.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export enum FirstPull {
  /**
   * The clients' subnets have a route to the internet, for example through a NAT gateway. It costs what the gateway costs
   * per hour and per GB, and lets the subnets reach anything unless a firewall says otherwise.
   */
  INTERNET_ROUTE = "INTERNET_ROUTE",
  /**
   * Something that has such a route pulls every image beforehand and again and again, for example a `CacheWarmer`, and the
   * clients' subnets need none. It costs a short build for every run, and an image that nobody listed cannot be pulled.
   */
  PREWARMED = "PREWARMED",
}
