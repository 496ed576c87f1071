import { byArea } from "./by-area.ts";

export default byArea(import.meta.glob(["./ko/*.json", "!./ko/terms.json"], { eager: true, import: "default" }));
