import { followGuide } from "../support/guide";
import { GUIDES } from "../support/guides";
import { describeWithTerraform } from "../support/terraform";

describeWithTerraform("a reader who follows the guide", () => {
  test.concurrent.each(Object.entries(GUIDES))("%s gets what it shows", followGuide);
});
