/** A CIDR block of clients: read, or a token that only Terraform can read. */
export interface ClientBlock {
  readonly version: 4 | 6;
  /** The block in its canonical spelling, which AWS returns: any other would be a change in every plan. Or the token. */
  readonly text: string;
  /** Undefined for a token. */
  readonly prefixLength?: number;
}
