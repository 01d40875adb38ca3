import { describeUnless } from "../support/describe-unless";
import { followGuide } from "../support/guide";
import type { GuideSetup } from "../support/guide";
import { GUIDES } from "../support/guides";
import { registryMissing } from "../support/npm-registry";
import { describeWithTerraform } from "../support/terraform";

function guides(installs: boolean): [string, GuideSetup][] {
  return Object.entries(GUIDES).filter(([, guide]) => (guide.installs === true) === installs);
}

describeWithTerraform("a reader who follows the guide", () => {
  test.concurrent.each(guides(false))("%s gets what it shows", followGuide);

  describeUnless(registryMissing(), "with packages from the npm registry", () => {
    test.concurrent.each(guides(true))("%s gets what it shows", followGuide);
  });
});
