import type { PrivateRegistry } from "../../src/image/registry-hosts";

/** Clients in a VPC that pull an image. */
export interface NetworkQuestion {
  readonly vpcId: string;
  /** The subnets of the clients. @default - all subnets of the VPC */
  readonly subnetIds?: readonly string[];
  /** The security groups of the clients. @default - unknown */
  readonly clientGroupIds?: readonly string[];
  readonly registry: PrivateRegistry;
  /** The name of the repository in the registry. */
  readonly repository: string;
  /** Whether ECR has stored the image. */
  readonly isCached: boolean;
  /** Whether the first pull creates the repository. */
  readonly isNew: boolean;
  /** Whether it creates it with tags. */
  readonly hasTags: boolean;
  /** Whose pulls they are; an ARN that is not known decides no policy. */
  readonly caller: { readonly accountId: string; readonly arn?: string };
}
