import { runMeasuredApp } from "./measured-app";
import { declare } from "./pack";

runMeasuredApp(declare);
