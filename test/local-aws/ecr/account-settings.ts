import { AwsError, Store, text } from "../service";
import type { Scope, Service } from "../service";
import { unsatisfied } from "./parameters";

/** The values of each setting; AWS's default is the first one. */
const SETTINGS: { readonly [name: string]: readonly string[] } = {
  BASIC_SCAN_TYPE_VERSION: ["AWS_NATIVE", "CLAIR"],
  BLOB_MOUNTING: ["DISABLED", "ENABLED"],
  REGISTRY_POLICY_SCOPE: ["V2", "V1"],
};

/**
 * The settings of an account in a region. None can be deleted.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
 */
export class AccountSettings {
  private readonly settings = new Store<string>("account setting");

  public readonly operations: Service["operations"] = {
    PutAccountSetting: (input, scope) => {
      const name = text(input, "name");
      const value = text(input, "value");
      if (!valuesOf(name).includes(value)) {
        throw unsatisfied("value", `Member must be one of ${valuesOf(name).join(", ")}`);
      }
      this.settings.in(scope).set(name, value);
      return { name, value };
    },
    GetAccountSetting: (input, scope) => {
      const name = text(input, "name");
      return { name, value: this.valueOf(name, scope) };
    },
  };

  /** The value of a setting, AWS's default if nobody has put one. */
  public valueOf(name: string, scope: Scope): string {
    return this.settings.in(scope).get(name) ?? (valuesOf(name)[0] as string);
  }
}

function valuesOf(name: string): readonly string[] {
  const values = SETTINGS[name];
  if (values === undefined) {
    throw new AwsError("ValidationException", `${name} is not an account setting`);
  }
  return values;
}
