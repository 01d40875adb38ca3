import { partitionOf } from "../service";
import type { Scope, Service } from "../service";

/** AWS Security Token Service: who a caller is. */
export class Sts implements Service {
  public readonly operations: Service["operations"] = {
    GetCallerIdentity: (_, { accountId, region }: Scope) => ({
      Arn: `arn:${partitionOf(region)}:sts::${accountId}:assumed-role/local/session`,
      // The ID of the role, as IAM gives it to roles, and the name of the session.
      UserId: "AROALOCALROLE00000000:session",
      Account: accountId,
    }),
  };

  public contents(): string[] {
    return [];
  }
}
