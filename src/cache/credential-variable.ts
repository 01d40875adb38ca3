import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";

/** An ephemeral Terraform variable: its value is in no plan and no state. */
export class CredentialVariable extends TerraformVariable {
  private static readonly MARK = Symbol.for("cdktf-ecr-pull-through-cache.CredentialVariable");

  public static is(x: unknown): x is CredentialVariable {
    return typeof x === "object" && x !== null && CredentialVariable.MARK in x;
  }

  /** The variable with a name in the stack of a construct; the first call declares it. */
  public static of(scope: Construct, name: string): CredentialVariable {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(name) as CredentialVariable | undefined) ?? new CredentialVariable(stack, name);
  }

  private constructor(stack: TerraformStack, name: string) {
    super(stack, name, {
      type: "string",
      description:
        "Credential with which Amazon ECR signs in to an upstream registry. Terraform does not store it in the state.",
      sensitive: true,
      nullable: false,
      validation: [
        {
          condition: `\${length(trimspace(var.${name})) > 0}`,
          errorMessage: `The variable ${name} must not be empty.`,
        },
      ],
    });
    this.addOverride("ephemeral", true);
    Object.defineProperty(this, CredentialVariable.MARK, { value: true });
  }
}
