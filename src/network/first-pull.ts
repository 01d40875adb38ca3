/**
 * How clients reach the upstream for the first pull of an image. ECR redirects that pull to the upstream's own host,
 * which no VPC endpoint reaches, and also a refresh that finds new layers.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export enum FirstPull {
  /**
   * The clients' subnets have a route to the internet, for example through a NAT gateway. The gateway costs by the hour
   * and by the GB, and the subnets can reach any host unless a firewall blocks it.
   */
  INTERNET_ROUTE = "INTERNET_ROUTE",
  /**
   * A program with such a route pulls every image before the clients do, and repeatedly, for example a
   * `CacheWarmer`. The clients' subnets need no route. Each run of a `CacheWarmer` costs a short build, and clients can
   * pull only images that have been pulled beforehand.
   */
  PREWARMED = "PREWARMED",
}
