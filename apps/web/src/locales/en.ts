import { byArea } from "./by-area.ts";

export default byArea(import.meta.glob(["./en/*.json", "!./en/terms.json"], { eager: true, import: "default" }));
