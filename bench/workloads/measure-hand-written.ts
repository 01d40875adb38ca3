import { declare } from "./hand-written";
import { runMeasuredApp } from "./measured-app";

runMeasuredApp(declare);
