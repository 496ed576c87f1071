import { byArea } from "./by-area.ts";

/** Everything but what the first page needs and the long texts of single pages. */
export default byArea(import.meta.glob(["./en/*.json", "!./en/{app,ui,feed,error,terms,how}.json"], { eager: true, import: "default" }));
