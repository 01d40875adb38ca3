import { AwsError, text } from "../service";
import type { Service } from "../service";
import type { CloudFormation } from "./cloudformation";

/** AWS Cloud Control: stacks of CloudFormation, as the schema of their type describes them. */
export class CloudControl implements Service {
  public constructor(private readonly cloudFormation: CloudFormation) {}

  public readonly operations: Service["operations"] = {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
    GetResource: (input, scope) => {
      const [type, id] = [text(input, "TypeName"), text(input, "Identifier")];
      if (type !== "AWS::CloudFormation::Stack") {
        throw new AwsError("UnsupportedActionException", `Resource type ${type} does not support READ action`);
      }
      const stack = this.cloudFormation.tryDescribe(id, scope);
      if (stack === undefined) {
        throw new AwsError(
          "ResourceNotFoundException",
          `Resource of type '${type}' with identifier '${id}' was not found.`,
        );
      }
      const { StackId, StackName, StackStatus, EnableTerminationProtection } = stack;
      return {
        TypeName: type,
        ResourceDescription: {
          Identifier: id,
          Properties: JSON.stringify({ StackId, StackName, StackStatus, EnableTerminationProtection }),
        },
      };
    },
  };

  public contents(): string[] {
    return [];
  }
}
