import { byArea } from "./by-area.ts";

/** Everything but what the first page needs and the long texts of single pages. */
export default byArea(import.meta.glob(["./ko/*.json", "!./ko/{app,feed,ui.first,error.first,terms,how}.json"], { eager: true, import: "default" }));
