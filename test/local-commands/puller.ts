// Whether containerd pulls an image, on a node or with Docker on a machine, through the network and with the role that it has.
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { clientConfig } from "../local-aws/clients";
import { registryAt, registryHost } from "../local-aws/ecr/hosts";
import { whyNoPull, whyNoPush } from "../local-aws/ecr/pull";
import type { LocalAws } from "../local-aws/server";
import { partsOf, pullImage } from "./docker";
import type { ClientLimits } from "./docker";

const NO_ACCESS =
  "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials";

/** A machine that pulls: where it is, and the role that it signs in with. */
export interface Puller {
  readonly roleName: string;
  readonly subnetId: string;
  readonly securityGroupIds?: readonly string[];
}

/** What a machine may use of a registry. */
export function limitsOf(aws: LocalAws, puller: Puller): ClientLimits {
  const { roleName, subnetId, securityGroupIds: clientSecurityGroupIds } = puller;
  return {
    whyNoPull: (repository, tag, scope) => whyNoImage(aws, puller, `${registryHost(scope)}/${repository}:${tag}`),
    whyNoPush: (repository, scope) =>
      whyNoPush(aws, { ...scope, roleName, subnetId, clientSecurityGroupIds, repository }),
  };
}

/** Why a machine cannot pull an image, in containerd's words; undefined once it has pulled it. */
export async function whyNoImage(aws: LocalAws, puller: Puller, image: string): Promise<string | undefined> {
  const { host, repository, tag } = partsOf(image);
  const scope = registryAt(host);
  const unpack = `failed to pull and unpack image "${image}"`;
  const resolve = `${unpack}: failed to resolve reference "${image}"`;
  const manifest = `https://${host}/v2/${repository}/manifests/${tag}`;
  if (scope === undefined) {
    return `${resolve}: failed to do request: Head "${manifest}": dial tcp: i/o timeout`;
  }
  const { roleName, subnetId, securityGroupIds: clientSecurityGroupIds } = puller;
  const reason = await whyNoPull(aws, {
    ...scope,
    roleName,
    subnetId,
    clientSecurityGroupIds,
    repository,
    cached: aws.ecr.repositories.tryFind(repository, scope)?.tags.has(tag) ?? false,
  });
  if (reason !== undefined) {
    const failures: readonly (readonly [RegExp, string])[] = [
      // A first pull that may not create the repository is answered as if the upstream had none.
      [/ecr:(CreateRepository|BatchImportUpstreamImage|TagResource)/, `${resolve}: ${image}: not found`],
      [/ecr:GetAuthorizationToken/, `${resolve}: ${NO_ACCESS}`],
      [/\becr:/, `${resolve}: unexpected status from HEAD request to ${manifest}: 403 Forbidden`],
      [/^ecr/, `${resolve}: failed to do request: Head "${manifest}": dial tcp: i/o timeout`],
      [/\bs3:/, `${unpack}: failed to copy: httpReadSeeker: failed open: unexpected status code: 403 Forbidden`],
      [/(?:)/, `${unpack}: failed to copy: httpReadSeeker: failed open: failed to do request: dial tcp: i/o timeout`],
    ];
    return failures.find(([pattern]) => pattern.test(reason))?.[1];
  }
  const { authorizationData = [] } = await new ECRClient(clientConfig(aws, scope)).send(
    new GetAuthorizationTokenCommand({}),
  );
  const pulled = await pullImage(aws, image, authorizationData[0]?.authorizationToken ?? "");
  if ("digest" in pulled) {
    return undefined;
  }
  return pulled.status === 404
    ? `${resolve}: ${image}: not found`
    : `${resolve}: unexpected status from HEAD request to ${manifest}: ${pulled.status} Forbidden`;
}
