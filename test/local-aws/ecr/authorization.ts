import { randomBytes } from "node:crypto";
import type { Scope, Service } from "../service";
import { registryHost } from "./hosts";
import { now } from "./parameters";

const USER = "AWS";
const HOURS_12 = 12 * 60 * 60;

/** The tokens that clients sign in to registries with. */
export class Authorization {
  private readonly scopes = new Map<string, Scope>();

  public readonly operations: Service["operations"] = {
    GetAuthorizationToken: (_, scope) => {
      const token = Buffer.from(`${USER}:${randomBytes(48).toString("base64")}`).toString("base64");
      this.scopes.set(token, { accountId: scope.accountId, region: scope.region });
      const proxyEndpoint = `https://${registryHost(scope)}`;
      return { authorizationData: [{ authorizationToken: token, expiresAt: now() + HOURS_12, proxyEndpoint }] };
    },
  };

  /** The account and region that got the token of a header; undefined where no one did. The token does not expire. */
  public scopeOf(header: string | undefined): Scope | undefined {
    return this.scopes.get(/^Basic ([\w+/=]+)$/i.exec(header ?? "")?.[1] ?? "");
  }
}
