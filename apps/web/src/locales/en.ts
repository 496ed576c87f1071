import { byArea } from "./by-area.ts";

/** Everything but what the first page needs and the texts of single pages. */
export default byArea(import.meta.glob(["./en/*.json", "!./en/{app,feed,ui.first,error.first,terms,how,admin*}.json"], { eager: true, import: "default" }));
