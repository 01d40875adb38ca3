import { parse } from "yaml";
import { AwsError } from "../service";

/** A parameter as a template declares it. */
export interface ParameterDeclaration {
  readonly Type?: string;
  readonly Default?: string | number | boolean;
  readonly NoEcho?: boolean | string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly unknown[];
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
}

interface Resource {
  readonly Type?: string;
  readonly Properties?: { readonly [name: string]: unknown };
}

// By type, the property that names it, where there is one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
const NAME_OF_IAM_RESOURCE: { readonly [type: string]: string } = {
  "AWS::IAM::AccessKey": "",
  "AWS::IAM::Group": "GroupName",
  "AWS::IAM::InstanceProfile": "InstanceProfileName",
  "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
  "AWS::IAM::Policy": "",
  "AWS::IAM::Role": "RoleName",
  "AWS::IAM::User": "UserName",
  "AWS::IAM::UserToGroupAddition": "",
};

/** What CloudFormation reads out of a template. */
export class Template {
  public readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  public readonly description: string | undefined;
  /** The macros that the template runs, whether for the whole template or for a part of it. */
  public readonly transforms: readonly string[];
  /** The template once its macros have run. */
  public readonly processed: string;
  private readonly resources: readonly Resource[];

  public constructor(public readonly body: string) {
    const content = read(body);
    this.transforms = transformsIn(body, content);
    this.processed =
      this.transforms.length === 0
        ? body
        : JSON.stringify({ ...content, Transform: undefined, Metadata: { TransformedBy: this.transforms } });
    this.description = content.Description;
    this.parameters = new Map(Object.entries(content.Parameters ?? {}));
    this.resources = Object.values(content.Resources ?? {});
    if (this.resources.length === 0) {
      throw invalid("Template format error: At least one Resources member must be defined.");
    }
  }

  /**
   * Which capabilities a caller must acknowledge, any one of each list. Who has seen a change set has seen what the macros
   * make of the template, and need not acknowledge those.
   */
  public requiredCapabilities(byChangeSet: boolean): string[][] {
    return [
      ...this.iamCapabilities,
      ...(this.transforms.length > 0 && !byChangeSet ? [["CAPABILITY_AUTO_EXPAND"]] : []),
    ];
  }

  private get iamCapabilities(): string[][] {
    const iam = this.resources.filter(({ Type = "" }) => Type in NAME_OF_IAM_RESOURCE);
    const named = iam.some(({ Type = "", Properties = {} }) => (NAME_OF_IAM_RESOURCE[Type] ?? "") in Properties);
    if (named) {
      return [["CAPABILITY_NAMED_IAM"]];
    }
    return iam.length > 0 ? [["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]] : [];
  }

  /** Whether a parameter's value is never shown again. */
  public isNoEcho(parameter: string): boolean {
    return /^(true|yes|on)$/i.test(String(this.parameters.get(parameter)?.NoEcho));
  }

  /** Whether a parameter's value is the name of a parameter in Systems Manager. */
  public isStoredInSsm(parameter: string): boolean {
    return this.parameters.get(parameter)?.Type?.startsWith("AWS::SSM::Parameter::Value<") === true;
  }

  /** Throws unless the values are those of the declared parameters and fit them. */
  public check(values: ReadonlyMap<string, string>): void {
    for (const [name, declaration] of this.parameters) {
      const value = values.get(name);
      const fault = value === undefined ? undefined : whyNot(declaration, value);
      if (fault !== undefined) {
        throw invalid(`Parameter '${name}' ${fault}`);
      }
    }
  }
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

interface Content {
  readonly Description?: string;
  readonly Transform?: string | readonly string[];
  readonly Parameters?: { readonly [name: string]: ParameterDeclaration };
  readonly Resources?: { readonly [name: string]: Resource };
}

function read(body: string): Content {
  let content: unknown;
  try {
    // The short forms of CloudFormation's functions, like !Sub, are tags that nobody has to resolve here.
    content = parse(body, { logLevel: "silent" });
  } catch {
    throw invalid("Template format error: YAML not well-formed.");
  }
  if (typeof content !== "object" || content === null) {
    throw invalid("Template format error: unsupported structure.");
  }
  return content;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html */
function transformsIn(body: string, content: Content): string[] {
  const names = [content.Transform ?? []].flat();
  JSON.stringify(content, (key, value: { readonly Name?: string } | undefined) => {
    if (key === "Fn::Transform") {
      names.push(value?.Name ?? "");
    }
    return value;
  });
  return [...names, ...[...body.matchAll(/!Transform\b/g)].map(() => "AWS::Include")];
}

function whyNot(declaration: ParameterDeclaration, value: string): string | undefined {
  if (Buffer.byteLength(value) > 4096) {
    return "must have length less than or equal to 4096";
  }
  if (declaration.Type === "Number" && (value.trim() === "" || Number.isNaN(Number(value)))) {
    return "must be a number.";
  }
  const items = declaration.Type === "CommaDelimitedList" ? value.split(",").map((item) => item.trim()) : [value];
  const { AllowedValues, AllowedPattern } = declaration;
  if (AllowedValues !== undefined && !items.every((item) => AllowedValues.map(String).includes(item))) {
    return "must be one of AllowedValues";
  }
  if (AllowedPattern !== undefined && !items.every((item) => new RegExp(`^(?:${AllowedPattern})$`).test(item))) {
    return `must match pattern ${AllowedPattern}`;
  }
  if (value.length < Number(declaration.MinLength ?? 0) || value.length > Number(declaration.MaxLength ?? Infinity)) {
    return "failed to satisfy constraint: length";
  }
  return undefined;
}
