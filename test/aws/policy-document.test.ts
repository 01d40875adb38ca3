import { Token } from "cdktf";
import { policyLength } from "../../src/aws/policy-document";

test("the length of a policy counts an expression as the twelve digits of an account", () => {
  const lengthFor = (account: string) =>
    policyLength({ Effect: "Allow", Action: "*", Resource: "*", Principal: { AWS: account } });
  const length = lengthFor("111122223333");
  expect(lengthFor("${data.aws_caller_identity.current.account_id}")).toBe(length);
  expect(lengthFor(Token.asString({ name: "account" }))).toBe(length);
});
